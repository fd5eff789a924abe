#include "text/redaction.h"

#include <gtest/gtest.h>

#include <array>
#include <ctime>
#include <string>
#include <vector>

#include "text/still_redaction.h"

namespace stillframe::text {
namespace {

std::string hidden(std::string_view text) {
  return Redaction::usual().hidden(text);
}
std::string hidden_code(std::string_view line) {
  return Redaction::usual().hidden(line, Writing::code);
}

struct Case {
  std::string_view text;
  std::string_view shown;
};

TEST(Redaction, HidesNames) {
  const Redaction usual = Redaction::usual();
  for (const char* name : {"password", "DB_PASSWORD", "'api_key'", "authToken", "client_secret", "Authorization"}) {
    EXPECT_TRUE(usual.hides(name)) << name;
  }
  for (const char* name : {"", "user", "pass_count", "key", "tok"}) {
    EXPECT_FALSE(usual.hides(name)) << name;
  }
}

TEST(Redaction, HidesWhatWasAdded) {
  Redaction redaction = Redaction::none();
  EXPECT_FALSE(redaction.hides("iban"));
  redaction.add("IBAN");
  redaction.add("card*number");
  EXPECT_TRUE(redaction.hides("customer_iban"));
  EXPECT_TRUE(redaction.hides("card_number"));
  EXPECT_TRUE(redaction.hides("'credit card serial number'"));
  EXPECT_FALSE(redaction.hides("card"));
  EXPECT_FALSE(redaction.hides("password"));
  Redaction more = Redaction::usual();
  more.add("iban");
  EXPECT_EQ(more.hidden("run --iban=DE89 --colour=red"), "run --iban=<redacted> --colour=red");
  EXPECT_TRUE(Redaction::hides(more.meaning("iban"), Shape::nothing)) << "whatever it is";
}

TEST(Redaction, OfNothingLeavesAllAsItIs) {
  for (const std::string_view text : {"postgres://app:hunter2@db/prod", "--password=hunter2", "Bearer 4f1c22aa"}) {
    EXPECT_EQ(Redaction::none().hidden(text), text);
  }
}

constexpr std::array kUrls{
    Case{"postgres://app:hunter2@db/prod", "postgres://app:<redacted>@db/prod"},
    Case{"see postgres://app:hunter2@db/prod, then go", "see postgres://app:<redacted>@db/prod, then go"},
    Case{"redis://:hunter2@cache:6379/1", "redis://:<redacted>@cache:6379/1"},
    Case{"mysql+pymysql://root:a:b@h/d", "mysql+pymysql://root:<redacted>@h/d"},
    Case{"amqp://u:p@ss@h/d", "amqp://u:<redacted>@h/d"},
    Case{"amqp://u:p/a?s#s@h/d", "amqp://u:<redacted>@h/d"},
    Case{"mongodb://u:p@h1:27017,h2:27017/db", "mongodb://u:<redacted>@h1:27017,h2:27017/db"},
    Case{"'https://u:p@h/x' and 'https://v:q@h'", "'https://u:<redacted>@h/x' and 'https://v:<redacted>@h'"},
    Case{"https://0123456789ABCDEFabcdef@github.com/x", "https://<redacted>@github.com/x"},
    Case{"https://h/x?token=abc&lang=en", "https://h/x?token=<redacted>&lang=en"},
    Case{"https://h/x?lang=en&api_key=abc#top", "https://h/x?lang=en&api_key=<redacted>"},
    Case{"jdbc:mysql://h/d?user=u&password=p", "jdbc:mysql://h/d?user=u&password=<redacted>"},
    Case{"https://hooks.slack.com/services/T01/B02/abcDEF", "https://hooks.slack.com/services/<redacted>"},
    Case{"https://api.telegram.org/bot123:AbC-d/send", "https://api.telegram.org/bot<redacted>/send"},
};

TEST(Redaction, HidesThePasswordsOfUrls) {
  for (const Case& one : kUrls) {
    EXPECT_EQ(hidden(one.text), one.shown);
  }
}

constexpr std::array kMessages{
    Case{"--password=hunter2", "--password=<redacted>"},
    Case{"mysql --password hunter2 --host db", "mysql --password <redacted> --host db"},
    Case{"run --token 'a b' x", "run --token '<redacted>' x"},
    Case{"password=hunter2 user=ada", "password=<redacted> user=ada"},
    Case{"password = hunter2", "password = <redacted>"},
    Case{"password: hunter2", "password: <redacted>"},
    Case{"password=a&b;c,d", "password=<redacted>"},
    Case{"Server=x;Password=hunter2;", "Server=x;Password=<redacted>;"},
    Case{"Pwd=hunter2;Uid=sa", "Pwd=<redacted>;Uid=sa"},
    Case{"DefaultEndpointsProtocol=https;AccountKey=q/w+e==;x=1",
         "DefaultEndpointsProtocol=https;AccountKey=<redacted>;x=1"},
    Case{"(password=hunter2)", "(password=<redacted>)"},
    Case{"Login(user='ada', password='hunter2', age=3)", "Login(user='ada', password='<redacted>', age=3)"},
    Case{R"({"password": "hunter2", "user": "ada"})", R"({"password": "<redacted>", "user": "ada"})"},
    Case{R"("{\"password\": \"hunter2\", \"user\": \"ada\"}")",
         R"("{\"password\": \"<redacted>\", \"user\": \"ada\"}")"},
    Case{"{'api_key': b'hunter2'}", "{'api_key': b'<redacted>'}"},
    Case{"<password>hunter2</password>", "<password><redacted></password>"},
    Case{"Authorization: Basic aHVudGVyMg==\r\nHost: x", "Authorization: <redacted>\r\nHost: x"},
    Case{R"(b'Cookie: a=1; b=2\r\nHost: x')", R"(b'Cookie: <redacted>\r\nHost: x')"},
    Case{"X-Api-Key: abc\nHost: x", "X-Api-Key: <redacted>\nHost: x"},
    Case{"Bearer abc", "Bearer <redacted>"},
    Case{"sent Bearer 4f1c22aa to it", "sent Bearer <redacted> to it"},
    Case{"Basic aHVudGVyMg==", "Basic <redacted>"},
    Case{"-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\n",
         "-----BEGIN RSA PRIVATE KEY-----<redacted>-----END RSA PRIVATE KEY-----\n"},
    Case{"-----BEGIN PRIVATE KEY-----MII", "-----BEGIN PRIVATE KEY-----<redacted>"},
    Case{"login failed with password hunter2", "login failed with password <redacted>"},
    Case{"bad password 'hunter'", "bad password '<redacted>'"},
    Case{"AKIAIOSFODNN7EXAMPLE", "<redacted>"},
    Case{"x=ghp_0123456789abcdefABCDEF0123456789abcd!", "x=<redacted>!"},
    Case{"xoxb-123456789012-abcdef", "<redacted>"},
    Case{"sk-proj-0123456789abcdefXYZ", "<redacted>"},
    Case{"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "<redacted>"},
    Case{"GITHUB_PAT=abc", "GITHUB_PAT=<redacted>"},
    Case{"pin=12345", "pin=<redacted>"},
};

TEST(Redaction, HidesThePartOfATextThatIsSecret) {
  for (const Case& one : kMessages) {
    EXPECT_EQ(hidden(one.text), one.shown);
    EXPECT_EQ(hidden(one.shown), one.shown) << "what is hidden stays as it is";
  }
}

TEST(Redaction, LeavesOtherTextsAsTheyAre) {
  for (const std::string_view text : {"",
                                      "http://localhost:8080/x",
                                      "http://[::1]:80/a@b",
                                      "https://medium.com/@ada:x",
                                      "mailto:ada@example.org",
                                      "git@github.com:org/repo.git",
                                      "postgres://app@db/prod",
                                      "postgres://{user}:{password}@{host}",
                                      "file:///etc/x",
                                      "max_tokens=512",
                                      "TOKEN_LIMIT=100",
                                      "token_count: 7",
                                      "tokens=12",
                                      "password=None",
                                      "password=True",
                                      "password: str",
                                      "token: Optional[str] = None",
                                      "token=<function f at 0x7f00>",
                                      "password=",
                                      "password=''",
                                      "password=***",
                                      "password=$PASSWORD",
                                      "password=%s",
                                      "password=%(password)s",
                                      "author=ada",
                                      "keyboard: de",
                                      "monkey=1",
                                      "pin=17",
                                      "auth=1",
                                      "auth: failed",
                                      "key=value",
                                      "key: value",
                                      "Bearer token",
                                      "bearer of news",
                                      "Basic usage",
                                      "basic Authentication",
                                      "the password is wrong",
                                      "password authentication failed",
                                      "unexpected token 'x'",
                                      "invalid token at 0x7f00ab12",
                                      "-----BEGIN CERTIFICATE-----MII",
                                      "secret::value",
                                      "std::token<int>",
                                      "PWD=/srv/app",
                                      "tokenizer='bpe'",
                                      "a == b",
                                      "12:34:56.789",
                                      "key 42",
                                      "sk-learn",
                                      "AKIA",
                                      "eyJ",
                                      "--no-password x",
                                      "--token-file /run/x",
                                      "Content-Type: text/plain",
                                      "session closed",
                                      "C:\\pass\\x",
                                      "('password', 'user', 'mail')",
                                      "C++ token::value",
                                      "cookie_name=sid",
                                      "hf_hub",
                                      "SG.x"}) {
    EXPECT_EQ(hidden(text), text);
  }
}

constexpr std::array kLines{
    Case{R"(    db = connect("postgres://app:hunter2@db/prod"))",
         R"(    db = connect("postgres://app:<redacted>@db/prod"))"},
    Case{"password = 'hunter2'", "password = '<redacted>'"},
    Case{"login(user, password='hunter2', n=1)", "login(user, password='<redacted>', n=1)"},
    Case{"password: str = 'hunter2'", "password: str = '<redacted>'"},
    Case{R"(if password == "hunter2":)", R"(if password == "<redacted>":)"},
    Case{R"(os.environ["DB_PASSWORD"] = "hunter2")", R"(os.environ["DB_PASSWORD"] = "<redacted>")"},
    Case{R"(headers={"Authorization": "Bearer abc", "Accept": "x"})",
         R"(headers={"Authorization": "<redacted>", "Accept": "x"})"},
    Case{R"(send("Authorization: Bearer abc", 1))", R"(send("Authorization: <redacted>", 1))"},
    Case{R"(h = [("password", "hunter2")])", R"(h = [("password", "<redacted>")])"},
    Case{R"(c.set_password("hunter2"))", R"(c.set_password("<redacted>"))"},
    Case{R"(x()  # api_key="hunter2")", R"(x()  # api_key="<redacted>")"},
    Case{R"(key = """-----BEGIN PRIVATE KEY-----)", R"(key = """-----BEGIN PRIVATE KEY-----)"},
    Case{R"(k = "-----BEGIN PRIVATE KEY-----MII")", R"(k = "-----BEGIN PRIVATE KEY-----<redacted>")"},
    Case{R"(run(["mysql", "--password=hunter2", "x"]))", R"(run(["mysql", "--password=<redacted>", "x"]))"},
    Case{R"(token = b"hunter2")", R"(token = b"<redacted>")"},
};

TEST(Redaction, HidesLiteralsInSource) {
  for (const Case& one : kLines) {
    EXPECT_EQ(hidden_code(one.text), one.shown);
  }
}

TEST(Redaction, LeavesTheNamesOfVariablesInSource) {
  for (const std::string_view line :
       {"login(password=password, token=self.token)",
        "def f(password: str, token: Optional[str] = None) -> bool:", "password = os.environ['PASSWORD']",
        "token = next(tokens)", "if token is None:", "for key in keys:", "return password",
        "with self.token_lock:", "getenv('TOKEN')", "get_secret('name')", "x = {'password': pw}",
        "getpass('Password: ')", "fields = ['user', 'password', 'mail']", "while token != other:", "password: str",
        "assert token, 'no token'", "url = f'postgres://{user}:{password}@{host}'"}) {
    EXPECT_EQ(hidden_code(line), line);
  }
}

TEST(Redaction, HidesWhatIsCutInTheMiddleOfASecret) {
  const auto cut = [](std::string_view text) {
    return with_hidden(text, Redaction::usual().find(text, Writing::text, true));
  };
  EXPECT_EQ(cut("postgres://app:hun"), "postgres://app:<redacted>");
  EXPECT_EQ(cut("password=hun"), "password=<redacted>");
  EXPECT_EQ(cut("{'password': 'hun"), "{'password': '<redacted>");
  EXPECT_EQ(cut("x ghp_0123"), "x <redacted>");
  EXPECT_EQ(cut("-----BEGIN PRIVATE KEY-----M"), "-----BEGIN PRIVATE KEY-----<redacted>");
  EXPECT_EQ(cut("postgres://app@db/pr"), "postgres://app@db/pr");
}

TEST(Redaction, HidesArgumentsBehindTheirNames) {
  std::vector<std::string> arguments{"python",  "app.py", "--password", "hunter2",      "--verbose",    "--token", "-x",
                                     "-secret", "b",      "--url",      "amqp://u:p@h", "--max-tokens", "12"};
  Redaction::usual().hide_in(arguments);
  EXPECT_EQ(arguments, (std::vector<std::string>{"python", "app.py", "--password", "<redacted>", "--verbose", "--token",
                                                 "-x", "-secret", "<redacted>", "--url", "amqp://u:<redacted>@h",
                                                 "--max-tokens", "12"}));
}

TEST(Redaction, TellsWhereWhatIsShownStands) {
  const std::string_view line = "f('amqp://u:secret@h', 'amqp://u:p@h', x)";
  const auto spans = Redaction::usual().find(line, Writing::code);
  ASSERT_EQ(spans.size(), 2U);
  const std::string shown = with_hidden(line, spans);
  EXPECT_EQ(shown, "f('amqp://u:<redacted>@h', 'amqp://u:<redacted>@h', x)");
  EXPECT_EQ(offset_with_hidden(0, spans), 0U);
  EXPECT_EQ(offset_with_hidden(line.find("@h"), spans), shown.find("@h"));
  EXPECT_EQ(offset_with_hidden(line.find("x)"), spans), shown.find("x)"));
  EXPECT_EQ(offset_with_hidden(line.size(), spans), shown.size());
  EXPECT_EQ(offset_with_hidden(spans[0].begin + 2, spans), spans[0].begin) << "within a hidden part";
}

TEST(StillRedaction, GoesThroughAllTextsOfAStill) {
  const std::string secret = "amqp://u:hunter2@h";
  const std::string shown = "amqp://u:<redacted>@h";
  const auto made = [&] {
    model::Still still;
    still.source.command_line = {"app", "--token", "hunter2", secret};
    still.crash = model::Crash{.abort_message = secret, .fatal_message = secret};
    still.crash->cpp_exception = model::CppException{.type = "E", .what = secret};
    model::Thread thread{.name = secret, .waiting_on = model::WaitingOn{.text = secret}};
    thread.waiting_on->files.push_back({.path = secret, .peer = secret});
    thread.frames.push_back({.file = still.texts.keep(secret)});
    still.threads.push_back(std::move(thread));
    still.resources.push_back({.name = secret});
    still.findings.push_back({.title = secret, .detail = secret, .evidence = {secret}, .advice = {secret}});
    still.warnings = {secret};
    return still;
  };
  model::Still still = made();
  hide_secrets(still, Redaction::usual());
  EXPECT_EQ(still.source.command_line, (std::vector<std::string>{"app", "--token", "<redacted>", shown}));
  EXPECT_EQ(still.crash->abort_message, shown);
  EXPECT_EQ(still.crash->fatal_message, shown);
  EXPECT_EQ(still.crash->cpp_exception->what, shown);
  const model::Thread& thread = still.threads.at(0);
  EXPECT_EQ(thread.name, shown);
  EXPECT_EQ(thread.waiting_on->text, shown);
  EXPECT_EQ(thread.waiting_on->files.at(0).path, shown);
  EXPECT_EQ(thread.waiting_on->files.at(0).peer, shown);
  EXPECT_EQ(thread.frames.at(0).file, shown);
  EXPECT_EQ(still.resources.at(0).name, shown);
  for (const std::string& text :
       {still.findings.at(0).title, still.findings.at(0).detail, still.findings.at(0).evidence.at(0),
        still.findings.at(0).advice.at(0), still.warnings.at(0)}) {
    EXPECT_EQ(text, shown);
  }
  model::Still open = made();
  hide_secrets(open, Redaction::none());
  EXPECT_EQ(open.source.command_line, made().source.command_line);
  EXPECT_EQ(open.threads.at(0).name, secret);
}

// What makes a pass look ahead must not make it slow.
TEST(Redaction, TakesTimeInTheLengthOfTheText) {
  for (const std::string_view piece :
       {"a://", "password=",   "password='", "token: \"", "-----BEGIN ", "Cookie: ",  "b:c@d/",
        "eyJ.", "--token ",    "<token>",    "x=[",       "key;",        "password,", "\\\"token\\\":\\\"",
        "key=", "password=${", "key: ",      "'",         "token(\"",    "session=[", "password: str "}) {
    std::string text;
    while (text.size() < 200'000) {
      text += piece;
    }
    const std::clock_t begin = std::clock();
    static_cast<void>(Redaction::usual().find(text));
    static_cast<void>(Redaction::usual().find(text, Writing::code, true));
    EXPECT_LT(std::clock() - begin, 2 * CLOCKS_PER_SEC) << piece;
  }
}

}  // namespace
}  // namespace stillframe::text
