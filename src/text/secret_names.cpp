#include "text/secret_names.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "text/letters.h"

namespace stillframe::text {
namespace {

using Word = std::string_view;
using Words = std::vector<Word>;

template <std::size_t N>
bool is_one_of(Word word, const std::array<Word, N>& sorted) {
  return std::ranges::binary_search(sorted, word);
}

// All lists are sorted.
constexpr std::array<Word, 30> kSecret{
    "accesskey", "apikey",   "authkey",   "authorization", "bearer",     "cookie", "cookies",   "cred",
    "creds",     "csrf",     "hmackey",   "jsessionid",    "jwt",        "jwts",   "masterkey", "otp",
    "passcode",  "passwort", "phpsessid", "privatekey",    "privkey",    "psk",    "pwd",       "secret",
    "secretkey", "secrets",  "sessid",    "sessionid",     "signingkey", "xsrf"};
constexpr std::array<Word, 8> kEndings{"apikey", "cookie",    "privatekey", "pwd",
                                       "secret", "secretkey", "token",      "tokens"};
constexpr std::array<Word, 4> kAnywhere{"credential", "passphrase", "passwd", "password"};
constexpr std::array<Word, 8> kTexts{"auth", "pass", "pin", "pw", "salt", "sig", "signature", "totp"};
constexpr std::array<Word, 4> kRandom{"key", "sess", "session", "sid"};
// In front of `key`; those of the second list only where a text is meant, for they also number rows of tables.
constexpr std::array<Word, 21> kKeys{"access",  "aes",     "api",        "auth", "cipher",  "crypto", "decryption",
                                     "deploy",  "encrypt", "encryption", "hmac", "jwt",     "master", "priv",
                                     "private", "rsa",     "secret",     "sign", "signing", "ssh",    "webhook"};
constexpr std::array<Word, 11> kTextKeys{"account", "app",     "application", "client", "device", "license",
                                         "server",  "service", "session",     "shared", "storage"};
// What comes last and is not the secret: where it is kept, what form it has, how long it lives, who handles it.
constexpr std::array<Word, 109> kAbout{
    "age",        "attempts",  "audience",  "backend",    "bits",     "budget",      "changed",   "class",
    "cls",        "count",     "counter",   "counts",     "created",  "dir",         "directory", "disabled",
    "domain",     "enabled",   "endpoint",  "endpoints",  "error",    "errors",      "exception", "exp",
    "expiration", "expire",    "expires",   "expiry",     "factory",  "field",       "fields",    "file",
    "filename",   "filenames", "files",     "folder",     "form",     "format",      "func",      "function",
    "generator",  "getter",    "handler",   "hasher",     "hashers",  "httponly",    "idx",       "index",
    "interval",   "issued",    "issuer",    "kind",       "label",    "len",         "length",    "lifetime",
    "limit",      "limits",    "lineno",    "loader",     "location", "lock",        "manager",   "max",
    "method",     "methods",   "min",       "mode",       "name",     "names",       "offset",    "options",
    "parser",     "path",      "paths",     "pattern",    "period",   "placeholder", "policies",  "policy",
    "pos",        "position",  "prompt",    "provider",   "rate",     "reader",      "regex",     "required",
    "samesite",   "scheme",    "scope",     "scopes",     "secure",   "serializer",  "size",      "status",
    "strength",   "timeout",   "ttl",       "type",       "types",    "updated",     "uri",       "url",
    "urls",       "usage",     "validator", "validators", "version"};
// Units of what an expiry or an age is told in.
constexpr std::array<Word, 13> kUnits{"at", "bytes", "chars", "days",    "hours", "in", "minutes",
                                      "ms", "on",    "sec",   "seconds", "secs",  "us"};
// Before a secret: a number of them, or whether there is one.
constexpr std::array<Word, 33> kCounted{
    "allow",   "ask",    "avg",       "completion", "count",    "has",   "hide", "input", "is",    "limit",  "max",
    "maximum", "min",    "minimum",   "n",          "need",     "needs", "new",  "no",    "num",   "number", "output",
    "per",     "prompt", "remaining", "require",    "requires", "save",  "show", "skip",  "total", "use",    "used"};
// Behind pin, pass, auth: it is still the secret.
constexpr std::array<Word, 8> kStill{"code", "data", "hash", "header", "info", "number", "string", "value"};
constexpr std::array<Word, 8> kTokenHosts{"ado", "azure", "bitbucket", "devops", "github", "gitlab", "jira", "npm"};

constexpr auto sorted = [](const auto&... lists) { return (std::ranges::is_sorted(lists) && ...); };
static_assert(sorted(kSecret, kEndings, kAnywhere, kTexts, kRandom, kKeys, kTextKeys, kAbout, kUnits, kCounted, kStill,
                     kTokenHosts));

// `name` cut into words, which are views of `lower`.
Words words_of(std::string_view name, std::string& lower) {
  lower.assign(name);
  std::ranges::transform(lower, lower.begin(), to_lower);
  Words words;
  std::size_t begin = 0;
  const auto end_word = [&](std::size_t end) {
    if (end > begin) {
      words.push_back(std::string_view(lower).substr(begin, end - begin));
    }
  };
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char letter = name[i];
    if (!is_letter(letter) && !is_digit(letter)) {
      end_word(i);
      begin = i + 1;
      continue;
    }
    // dbPassword, and APIKey
    const bool hump =
        is_upper(letter) && i > begin &&
        (is_lower(name[i - 1]) || (is_upper(name[i - 1]) && i + 1 < name.size() && is_lower(name[i + 1])));
    if (hump) {
      end_word(i);
      begin = i;
    }
  }
  end_word(name.size());
  return words;
}

Word without_number(Word word) {
  const auto last = word.find_last_not_of("0123456789");
  return last == Word::npos ? word : word.substr(0, last + 1);
}

SecretKind kind_of_word(Word numbered) {
  const Word word = without_number(numbered);
  if (is_one_of(word, kSecret) || std::ranges::any_of(kAnywhere, [&](Word one) { return word.contains(one); }) ||
      std::ranges::any_of(kEndings, [&](Word one) { return word.ends_with(one); })) {
    return SecretKind::secret;
  }
  if (is_one_of(word, kTexts)) {
    return SecretKind::text;
  }
  return word == "dsn" ? SecretKind::location : SecretKind::open;
}

struct Hit {
  SecretKind kind = SecretKind::open;
  std::size_t first = 0;  // of the words that say so
  std::size_t last = 0;
};

// The last words that speak of a secret, but those that the name only ends in are judged by more than one word.
Hit last_hit(const Words& words) {
  for (std::size_t i = words.size(); i-- > 0;) {
    const Word word = without_number(words[i]);
    const Word before = i > 0 ? words[i - 1] : Word();
    if ((word == "key" || word == "keys") && is_one_of(before, kKeys)) {
      return {.kind = SecretKind::secret, .first = i - 1, .last = i};
    }
    if ((word == "key" || word == "keys") && is_one_of(before, kTextKeys)) {
      return {.kind = SecretKind::text, .first = i - 1, .last = i};
    }
    if (word == "id" && (before == "session" || before == "sess")) {
      return {.kind = SecretKind::secret, .first = i - 1, .last = i};
    }
    if (const SecretKind kind = kind_of_word(words[i]); kind != SecretKind::open) {
      return {.kind = kind, .first = i, .last = i};
    }
  }
  return {};
}

// GITHUB_PAT; a url_pat is a pattern.
bool is_personal_token(std::string_view name, const Words& words) {
  if (words.size() < 2 || without_number(words.back()) != "pat") {
    return false;
  }
  return std::ranges::none_of(name, is_lower) || is_one_of(words[words.size() - 2], kTokenHosts);
}

bool is_about_it(const Words& words, std::size_t behind) {
  const Word last = words.back();
  if (behind >= words.size()) {
    return false;
  }
  return is_one_of(last, kAbout) ||
         (is_one_of(last, kUnits) && words.size() - behind >= 2 && is_one_of(words[words.size() - 2], kAbout));
}

}  // namespace

NameMeaning meaning_of(std::string_view name) {
  while (!name.empty() && (name.front() == '\'' || name.front() == '"')) {
    name.remove_prefix(1);
  }
  while (!name.empty() && (name.back() == '\'' || name.back() == '"')) {
    name.remove_suffix(1);
  }
  if (name == "PWD" || name == "OLDPWD") {
    return {.kind = SecretKind::folder};
  }
  std::string lower;
  const Words words = words_of(name, lower);
  if (is_personal_token(name, words)) {
    return {.kind = SecretKind::text};
  }
  const Hit hit = last_hit(words);
  if (hit.kind == SecretKind::open) {
    const bool random = words.size() == 1 && is_one_of(words.front(), kRandom);
    return {.kind = random ? SecretKind::random : SecretKind::open};
  }
  if (is_about_it(words, hit.last + 1)) {
    return {};
  }
  const bool ends = hit.last + 1 == words.size() || is_one_of(words[hit.last + 1], kStill);
  if (hit.kind == SecretKind::text && !ends) {
    return {};
  }
  const bool counted = std::ranges::any_of(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(hit.first),
                                           [](Word word) { return is_one_of(word, kCounted); });
  return {.kind = hit.kind, .counts = counted || words[hit.last] == "tokens"};
}

bool looks_random(std::string_view text) {
  constexpr std::size_t kShortest = 8;
  constexpr std::size_t kLong = 16;
  constexpr std::size_t kUuid = 36;
  const bool fits = std::ranges::all_of(text, [](char letter) {
    return is_letter(letter) || is_digit(letter) || std::string_view("+/=_-.").contains(letter);
  });
  if (text.size() < kShortest || !fits || text.starts_with("0x") || (text.size() == kUuid && text[8] == '-')) {
    return false;
  }
  const bool digits = std::ranges::any_of(text, is_digit);
  const bool upper = std::ranges::any_of(text, is_upper);
  const bool lower = std::ranges::any_of(text, is_lower);
  return digits && (upper || (lower && text.size() >= kLong && !text.contains('.') && !text.contains('/')));
}

}  // namespace stillframe::text
