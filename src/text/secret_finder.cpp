#include "text/secret_finder.h"

#include <algorithm>
#include <array>

#include "text/letters.h"

namespace stillframe::text {
namespace {

// How far names, flags and annotations are from what they speak of.
constexpr std::size_t kMostBlanks = 8;
constexpr std::size_t kLongestAnnotation = 60;
// What is longer is nothing that stands for a value.
constexpr std::size_t kShort = 128;
// Of a value that is secret only where it looks random no more is looked at.
constexpr std::size_t kMostOfRandom = 256;

}  // namespace

std::vector<Span> SecretFinder::find() {
  for (std::size_t i = 0; i < text_.size();) {
    const char letter = text_[i];
    if (is_word(letter)) {
      i = word(i);
    } else if (letter == ':' && has(i, "://")) {
      i = url(i);
    } else if (letter == '-' && has(i, "-----BEGIN ")) {
      i = private_key(i);
    } else {
      ++i;
    }
  }
  return std::move(found_);
}

std::optional<std::size_t> SecretFinder::hide(std::size_t begin, std::size_t end) {
  if (begin >= end || has(begin, kRedacted)) {
    return std::nullopt;
  }
  found_.push_back({.begin = begin, .end = end});
  return end;
}

std::size_t SecretFinder::behind_blanks(std::size_t i) const {
  const std::size_t most = std::min(text_.size(), i + kMostBlanks);
  while (i < most && is_blank(text_[i])) {
    ++i;
  }
  return i;
}

// Words go on behind - and ., as header names and attributes do.
std::size_t SecretFinder::end_of_word(std::size_t begin) const {
  std::size_t i = begin;
  while (i < text_.size() && (is_word(text_[i]) || ((text_[i] == '-' || text_[i] == '.') && is_word(at(i + 1))))) {
    ++i;
  }
  return i;
}

std::size_t SecretFinder::end_of(std::size_t begin, std::string_view letters) const {
  std::size_t i = begin;
  while (i < text_.size() && (is_word(text_[i]) || letters.contains(text_[i]))) {
    ++i;
  }
  return i;
}

// Also where it is written as repr() writes it.
std::size_t SecretFinder::end_of_line(std::size_t begin) const {
  std::size_t i = begin;
  while (i < text_.size() && text_[i] != '\n' && text_[i] != '\r' && !has(i, "\\r\\n") && !has(i, "\\n")) {
    ++i;
  }
  return i;
}

// "name=": what follows is no part of the value before it.
bool SecretFinder::begins_pair(std::size_t i) const {
  i = behind_blanks(i);
  const std::size_t begin = i;
  while (i < text_.size() && i < begin + 64 &&
         (is_word(text_[i]) || text_[i] == '-' || text_[i] == '.' || text_[i] == ' ')) {
    ++i;
  }
  return i > begin && at(i) == '=';
}

// Whether a value without quotes ends before the letter at `i`.
bool SecretFinder::ends_bare(std::size_t i) const {
  const char letter = text_[i];
  const char next = at(i + 1);
  const bool last = i + 1 >= text_.size();
  if (is_space(letter) || letter == '<' || letter == '`' || has(i, "\\r\\n")) {
    return true;
  }
  if (is_quote(letter)) {
    return last || (!is_word(next) && next != '!' && next != '#' && next != '$');
  }
  if (letter == '&') {
    return begins_pair(i + 1);
  }
  if (letter == ';') {
    return last || is_space(next) || is_quote(next) || begins_pair(i + 1);
  }
  return letter == ',' && (last || is_space(next) || is_quote(next) || begins_pair(i + 1));
}

// A string literal of Python or of JSON, also one within another (\"…\"); with no end it goes to that of the text.
std::optional<SecretFinder::Value> SecretFinder::literal(std::size_t i) const {
  for (std::size_t letters = 0; letters < 2 && std::string_view("rRbBuUfF").contains(at(i)) && i < text_.size();
       ++letters) {
    ++i;
  }
  const bool escaped = at(i) == '\\' && is_quote(at(i + 1));
  i += escaped ? 1 : 0;
  if (!is_quote(at(i))) {
    return std::nullopt;
  }
  const char quote = text_[i];
  const std::string_view three = text_.substr(i, 3);
  const bool triple = three.size() == 3 && three[1] == quote && three[2] == quote;
  const std::size_t width = triple ? 3 : 1;
  const std::size_t begin = i + width;
  for (std::size_t end = begin; end < text_.size(); ++end) {
    if (text_[end] == '\\' && (!escaped || at(end + 1) != quote)) {
      ++end;
    } else if (escaped ? text_[end] == '\\' : triple ? has(end, three) : text_[end] == quote) {
      return Value{.begin = begin, .end = end, .quoted = true, .behind = end + width + (escaped ? 1 : 0)};
    }
  }
  // A quote that closes another text, and no more.
  const bool closes = begin >= text_.size() || (!cut_ && !is_word(text_[begin]));
  return closes ? std::nullopt
                : std::optional(Value{.begin = begin, .end = text_.size(), .quoted = true, .behind = text_.size()});
}

std::optional<SecretFinder::Value> SecretFinder::bare(std::size_t begin, std::size_t most) const {
  std::size_t end = begin;
  while (end < text_.size() && end - begin < most && !ends_bare(end)) {
    ++end;
  }
  while (end > begin && std::string_view(")]}>").contains(text_[end - 1])) {
    --end;
  }
  return begin < end ? std::optional(Value{.begin = begin, .end = end, .behind = end}) : std::nullopt;
}

// What is no value, or none that is secret.
bool SecretFinder::is_open_word(std::string_view value) {
  constexpr std::array<std::string_view, 26> kOpen{
      "Any",  "False", "None",  "NoneType", "NotImplemented", "Optional", "True",  "bool",     "bytes",
      "dict", "false", "float", "int",      "list",           "nil",      "none",  "null",     "object",
      "self", "set",   "str",   "string",   "true",           "tuple",    "unset", "undefined"};
  return std::ranges::find(kOpen, value) != kOpen.end() || (value.starts_with("Optional[") && value.size() < kShort) ||
         value.find_first_not_of('*') == std::string_view::npos;
}

// `certain`: "=" or the like stands before it; behind a colon it may be prose.
std::optional<std::size_t> SecretFinder::hide_value(const NameMeaning& meaning, const std::optional<Value>& value,
                                                    bool certain) {
  if (!value || value->begin >= value->end) {
    return std::nullopt;
  }
  const std::string_view shown = part(value->begin, value->end);
  if (is_filled_in_later(shown)) {
    return std::nullopt;
  }
  if (!value->quoted) {
    if (std::string_view("[({<").contains(shown.front())) {
      return std::nullopt;
    }
    const bool number = std::ranges::all_of(shown, [](char one) { return is_digit(one) || one == '.'; });
    const bool short_number = meaning.kind == SecretKind::text && number && shown.size() < 4;
    const bool doubtful = meaning.kind == SecretKind::text && !certain && !looks_random(shown);
    if (is_open_word(shown) || short_number || doubtful || (number && meaning.counts)) {
      return std::nullopt;
    }
  }
  if (!redaction_.hides_text(meaning, shown) || !hide(value->begin, value->end)) {
    return std::nullopt;
  }
  return std::max(value->behind, value->end);
}

std::size_t SecretFinder::word(std::size_t begin) {
  const std::size_t end = end_of_word(begin);
  if (const auto done = shape(begin)) {
    return *done;
  }
  const char next = at(end);
  if (is_digit(text_[begin]) || next == '\0') {
    return end;
  }
  if (next == ' ') {
    auto done = behind_scheme(begin, end);
    done = done ? done : behind_flag(begin, end);
    done = done ? done : in_prose(begin, end);
    if (done) {
      return *done;
    }
  }
  return named(begin, end).value_or(end);
}

// "password=", "'password': ", "<password>", "password(", and what else stands between a name and its value.
std::optional<std::size_t> SecretFinder::named(std::size_t begin, std::size_t end) {
  std::size_t i = end;
  const bool quoted = begin > 0 && is_quote(text_[begin - 1]) &&
                      (at(i) == text_[begin - 1] || (at(i) == '\\' && at(i + 1) == text_[begin - 1]));
  if (quoted) {
    i += at(i) == '\\' ? 2 : 1;
    i += at(i) == ']' ? 1 : 0;
  }
  i = behind_blanks(i);
  switch (at(i)) {
    case '=':
    case ':':
      return behind_separator(begin, end, i, quoted);
    case ',':
    case '(':
      return code_ ? in_brackets(begin, i, quoted, part(begin, end)) : std::nullopt;
    case '>': {
      const NameMeaning meaning =
          begin > 0 && text_[begin - 1] == '<' ? redaction_.meaning(part(begin, end)) : NameMeaning{};
      const std::size_t close = std::min(text_.find('<', i), text_.size());
      return meaning.kind == SecretKind::open
                 ? std::nullopt
                 : hide_value(meaning, Value{.begin = i + 1, .end = close, .quoted = true, .behind = close}, true);
    }
    default:
      return std::nullopt;
  }
}

std::optional<std::size_t> SecretFinder::behind_separator(std::size_t begin, std::size_t end, std::size_t separator,
                                                          bool quoted) {
  const bool colon = text_[separator] == ':';
  std::size_t i = separator + 1;
  const bool compared = !colon && at(i) == '=';
  if (colon && (at(i) == ':' || has(i, "//"))) {
    return std::nullopt;
  }
  i += compared || (colon && at(i) == '=') || (!colon && at(i) == '>') ? 1 : 0;
  const NameMeaning meaning = redaction_.meaning(part(begin, end));
  if (meaning.kind == SecretKind::open || meaning.kind == SecretKind::location) {
    return std::nullopt;
  }
  i = behind_blanks(i);
  bool annotated = false;
  if (colon && code_ && !quoted) {
    // password: str = "…"
    std::size_t type = i;
    while (type < text_.size() && type < i + kLongestAnnotation &&
           (is_word(text_[type]) || std::string_view(".[]| ,").contains(text_[type]))) {
      ++type;
    }
    annotated = at(type) == '=';
    i = annotated ? behind_blanks(type + 1) : i;
  }
  if (colon && !quoted) {
    if (const auto done = header(part(begin, end), i)) {
      return done;
    }
  }
  // In source a colon without quotes before it is that of an annotation, or of a text.
  auto value = colon && code_ && !quoted && !annotated ? std::nullopt : literal(i);
  const bool flag = begin >= 2 && text_[begin - 1] == '-' && text_[begin - 2] == '-';
  if (!value && (!code_ || (flag && !colon)) && !compared && !std::string_view("[({<").contains(at(i))) {
    const bool certain = meaning.kind == SecretKind::secret || meaning.kind == SecretKind::asked;
    value = bare(i, certain ? text_.size() : kMostOfRandom);
    if (value && value->end - i == kMostOfRandom && redaction_.hides_text(meaning, part(i, value->end))) {
      value = bare(i, text_.size());
    }
  }
  return hide_value(meaning, value, !colon || quoted);
}

// Headers whose values have blanks in them.
std::optional<std::size_t> SecretFinder::header(std::string_view name, std::size_t value) {
  constexpr std::array<std::string_view, 4> kWhole{"authorization", "proxy-authorization", "cookie", "set-cookie"};
  if (std::ranges::none_of(kWhole, [&](std::string_view one) { return equal_letters(name, one); })) {
    return std::nullopt;
  }
  std::size_t end = end_of_line(value);
  if (code_) {
    end = std::min(end, text_.find_first_of("'\"", value));
  }
  // The closing quotes of a text around it are none of it.
  while (end > value && is_quote(text_[end - 1]) && !part(value, end - 1).contains(text_[end - 1])) {
    --end;
  }
  return is_open_word(part(value, end)) ? std::nullopt : hide(value, end);
}

// Of source: ("password", "…") and set_password("…").
std::optional<std::size_t> SecretFinder::in_brackets(std::size_t begin, std::size_t separator, bool quoted,
                                                     std::string_view name) {
  const auto value = literal(behind_blanks(separator + 1));
  if (!value) {
    return std::nullopt;
  }
  const std::string_view shown = part(value->begin, value->end);
  if (text_[separator] == ',') {
    const char open = begin >= 2 ? text_[begin - 2] : '\0';
    const char close = at(behind_blanks(value->behind));
    const bool enclosed = (open == '(' && close == ')') || (open == '[' && close == ']');
    if (!quoted || !enclosed) {
      return std::nullopt;
    }
  } else if (quoted || shown.contains(' ')) {
    return std::nullopt;
  } else {
    // get_token("…") is given a name.
    constexpr std::array<std::string_view, 9> kAsk{"get", "read",   "fetch",  "load",  "find",
                                                   "has", "lookup", "delete", "remove"};
    const std::string_view called = name.substr(name.rfind('.') + 1);
    if (std::ranges::any_of(kAsk, [&](std::string_view one) { return called.starts_with(one); })) {
      return std::nullopt;
    }
  }
  return hide_value(redaction_.meaning(name), value, true);
}

// --password X, in one text.
std::optional<std::size_t> SecretFinder::behind_flag(std::size_t begin, std::size_t end) {
  if (begin < 2 || text_[begin - 1] != '-' || text_[begin - 2] != '-') {
    return std::nullopt;
  }
  const std::size_t i = behind_blanks(end);
  if (at(i) == '-' || !redaction_.announces_secret(part(begin - 2, end))) {
    return std::nullopt;
  }
  auto value = literal(i);
  value = value ? value : bare(i, text_.size());
  return hide_value(redaction_.meaning(part(begin, end)), value, true);
}

// Bearer X and Basic X, as they stand behind Authorization: and in a text of their own.
std::optional<std::size_t> SecretFinder::behind_scheme(std::size_t begin, std::size_t end) {
  const bool bearer = equal_letters(part(begin, end), "bearer");
  if (!bearer && !equal_letters(part(begin, end), "basic")) {
    return std::nullopt;
  }
  constexpr std::array<std::string_view, 10> kProse{"token", "tokens", "auth",  "authentication", "authorization",
                                                    "of",    "scheme", "realm", "credentials",    "access"};
  const std::size_t i = behind_blanks(end);
  const std::size_t last = end_of(i, bearer ? "-.~+/=" : "+/=");
  const std::string_view value = part(i, last);
  if (value.empty() || std::ranges::any_of(kProse, [&](std::string_view one) { return equal_letters(value, one); })) {
    return std::nullopt;
  }
  const bool digits = std::ranges::any_of(value, is_digit);
  const bool upper = std::ranges::any_of(value.substr(1), is_upper);
  const bool alone = (begin == 0 || is_quote(text_[begin - 1])) && (last == text_.size() || is_quote(text_[last]));
  constexpr std::size_t kShortest = 6;
  constexpr std::size_t kSurely = 20;
  const bool random = value.size() >= kShortest && (digits || upper || value.contains('=') || value.size() >= kSurely);
  return (bearer && alone) || random ? hide(i, last) : std::nullopt;
}

// "with password hunter2", "invalid token 4f1c…": only what no word of a language looks like, or what is in quotes.
std::optional<std::size_t> SecretFinder::in_prose(std::size_t begin, std::size_t end) {
  constexpr std::array<std::string_view, 9> kNouns{"password", "passwd", "passphrase", "passcode", "pwd",
                                                   "secret",   "token",  "jwt",        "key"};
  constexpr std::array<std::string_view, 4> kQuotable{"password", "passwd", "passphrase", "passcode"};
  const std::string_view noun = part(begin, end);
  const auto is_noun = [&](std::string_view one) { return equal_letters(noun, one); };
  if (noun.size() > 10 || std::ranges::none_of(kNouns, is_noun)) {
    return std::nullopt;
  }
  const std::size_t i = behind_blanks(end);
  const auto quoted = literal(i);
  if (quoted && is_quote(at(i)) && !code_ && std::ranges::any_of(kQuotable, is_noun)) {
    const std::string_view value = part(quoted->begin, quoted->end);
    return value.contains(' ') || is_filled_in_later(value) ? std::nullopt : hide(quoted->begin, quoted->end);
  }
  const std::size_t first = quoted ? quoted->begin : i;
  std::size_t last = first;
  while (last < text_.size() && !is_space(text_[last]) && !std::string_view("'\",;()[]{}<>\\").contains(text_[last])) {
    ++last;
  }
  const std::string_view value = part(first, last);
  const bool digits = std::ranges::any_of(value, is_digit);
  const bool letters = std::ranges::any_of(value, is_letter);
  constexpr std::size_t kShortest = 6;
  const bool likely =
      value.size() >= kShortest && digits && letters && !value.starts_with("0x") && !value.contains('=');
  const bool certain = noun.size() > 4 || looks_random(value);
  return likely && certain ? hide(first, last) : std::nullopt;
}

}  // namespace stillframe::text
