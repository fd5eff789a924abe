#include "cpython/objects/object_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "cpython/objects/utf8.h"

namespace stillframe::cpython {
namespace {

constexpr std::size_t kLongestPath = 4096;
constexpr std::string_view kAdvice =
    "module.name, module.CONSTANT['key'], module.list[0].attribute, or an address that a still shows, 0x7f...";

bool ends_name(char letter) {
  return std::string_view(".[]'\" \t\n\r").contains(letter);
}

// What stands behind a backslash in a Python literal, taken off the front of `rest`. False where it makes no sense.
bool take_escape(std::string_view& rest, bool bytes, std::string& out) {
  constexpr std::string_view kLetters = "\\'\"abfnrtv";
  constexpr std::string_view kMeant = "\\'\"\a\b\f\n\r\t\v";
  if (rest.empty()) {
    return false;
  }
  const char letter = rest.front();
  rest.remove_prefix(1);
  if (const auto at = kLetters.find(letter); at != std::string_view::npos) {
    out += kMeant[at];
    return true;
  }
  const std::size_t digits = letter == 'x' ? 2 : letter == 'u' && !bytes ? 4 : letter == 'U' && !bytes ? 8 : 0;
  std::uint32_t point = 0;
  const std::string_view number = rest.substr(0, digits);
  const char* end = number.data() + number.size();
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): with its end
  const auto [stop, problem] = std::from_chars(number.data(), end, point, 16);
  if (digits == 0 || rest.size() < digits || problem != std::errc{} || stop != end || point > 0x10FFFF) {
    return false;
  }
  rest.remove_prefix(digits);
  bytes ? out.push_back(static_cast<char>(point)) : append_utf8(out, point);
  return true;
}

// The inside of a text or bytes literal.
std::optional<std::string> unescaped(std::string_view rest, bool bytes) {
  std::string out;
  while (!rest.empty()) {
    const char letter = rest.front();
    rest.remove_prefix(1);
    if (letter != '\\') {
      out += letter;
    } else if (!take_escape(rest, bytes, out)) {
      return std::nullopt;
    }
  }
  return out;
}

// Whether `text` is one literal in quotes and nothing else.
bool is_quoted(std::string_view text) {
  if (text.size() < 2 || (text.front() != '\'' && text.front() != '"') || text.back() != text.front()) {
    return false;
  }
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == text.front()) {
      return false;
    }
    if (i + 1 >= text.size()) {
      return false;  // its last quote is escaped
    }
  }
  return true;
}

class Parser {
 public:
  explicit Parser(std::string_view asked) : text_(asked) { path_.asked = asked; }

  Result<ObjectPath> parse() {
    if (text_.empty() || text_.size() > kLongestPath) {
      return wrong(text_.empty() ? "nothing was given" : "it is too long");
    }
    if (text_.starts_with("0x") || text_.starts_with("0X")) {
      if (const auto bad = take_address(); !bad.empty()) {
        return wrong(bad);
      }
    } else if (const auto bad = take_name(); !bad.empty()) {
      return wrong(bad);
    }
    while (at_ < text_.size()) {
      const char letter = text_[at_];
      if (letter != '.' && letter != '[') {
        return wrong(fmt::format("'{}' stands where '.name' or '[key]' should", text_.substr(at_)));
      }
      ++at_;
      if (const auto bad = letter == '.' ? take_name() : take_key(); !bad.empty()) {
        return wrong(bad);
      }
    }
    return std::move(path_);
  }

 private:
  [[nodiscard]] std::unexpected<Error> wrong(std::string_view why) const {
    constexpr std::size_t kShown = 80;
    return fail(ErrorKind::usage,
                fmt::format("understand the name '{}{}'", text_.substr(0, kShown), text_.size() > kShown ? "…" : ""),
                std::string(why), std::string(kAdvice));
  }

  // These give what is wrong; nothing when all is well.
  std::string take_address() {
    std::uint64_t address = 0;
    const char* end = text_.data() + text_.size();
    const auto [stop, problem] = std::from_chars(text_.data() + 2, end, address, 16);
    if (problem != std::errc{} || (stop != end && *stop != '.' && *stop != '[')) {
      return "an address is 0x and up to 16 hexadecimal digits";
    }
    at_ = static_cast<std::size_t>(stop - text_.data());
    path_.address = address;
    path_.begin = at_;
    return {};
  }

  std::string take_name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && !ends_name(text_[at_])) {
      ++at_;
    }
    const std::string_view name = text_.substr(begin, at_ - begin);
    if (name.empty()) {
      return begin == 0 ? "it begins with no name" : fmt::format("no name stands behind '{}'", text_.substr(0, begin));
    }
    if (name.front() >= '0' && name.front() <= '9') {
      return fmt::format("'{}' is no name: a name begins with no digit", name);
    }
    path_.steps.push_back({.kind = PathStep::Kind::attribute, .text = std::string(name), .end = at_});
    return {};
  }

  std::string take_key() {
    const std::size_t begin = at_;
    const auto close = find_close();
    if (!close) {
      return fmt::format("'[{}' has no end: ']' is missing", text_.substr(begin));
    }
    std::string_view inside = text_.substr(begin, *close - begin);
    while (inside.starts_with(' ')) {
      inside.remove_prefix(1);
    }
    while (inside.ends_with(' ')) {
      inside.remove_suffix(1);
    }
    at_ = *close + 1;
    auto step = key_of(inside);
    if (!step) {
      return fmt::format("[{}] is no key: 'text', b'bytes', a number, None, True or False, or a key as repr() has it",
                         inside);
    }
    step->end = at_;
    path_.steps.push_back(std::move(*step));
    return {};
  }

  // Where the bracket that was opened closes: not within quotes, nor within other brackets.
  [[nodiscard]] std::optional<std::size_t> find_close() const {
    std::size_t depth = 0;
    char quote = 0;
    for (std::size_t i = at_; i < text_.size(); ++i) {
      const char letter = text_[i];
      if (quote != 0) {
        i += letter == '\\' ? 1 : 0;
        quote = letter == quote ? '\0' : quote;
      } else if (letter == '\'' || letter == '"') {
        quote = letter;
      } else if (letter == ']' && depth == 0) {
        return i;
      } else if (std::string_view("([{").contains(letter)) {
        ++depth;
      } else if (std::string_view(")]}").contains(letter) && depth > 0) {
        --depth;
      }
    }
    return std::nullopt;
  }

  static std::optional<PathStep> key_of(std::string_view text) {
    using Kind = PathStep::Kind;
    if (text == "None") {
      return PathStep{.kind = Kind::none, .text = "None"};
    }
    if (text == "True" || text == "False") {
      return PathStep{.kind = Kind::boolean, .text = std::string(text), .number = text == "True" ? 1 : 0};
    }
    const bool bytes = text.starts_with('b') || text.starts_with('B');
    const std::string_view quoted = text.substr(bytes || text.starts_with('u') ? 1 : 0);
    if (is_quoted(quoted)) {
      auto meant = unescaped(quoted.substr(1, quoted.size() - 2), bytes);
      return meant ? std::optional(PathStep{.kind = bytes ? Kind::bytes : Kind::text, .text = std::move(*meant)})
                   : std::nullopt;
    }
    std::int64_t number = 0;
    const char* end = text.data() + text.size();
    // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): with its end
    const auto [stop, problem] = std::from_chars(text.data(), end, number);
    if (!text.empty() && problem == std::errc{} && stop == end) {
      return PathStep{.kind = Kind::integer, .text = std::string(text), .number = number};
    }
    // A name alone would be a variable, which nothing here can look up.
    const bool bare =
        std::ranges::none_of(text, [](char letter) { return std::string_view("([{<'\"0123456789").contains(letter); });
    return bare ? std::nullopt : std::optional(PathStep{.kind = Kind::written, .text = std::string(text)});
  }

  std::string_view text_;
  std::size_t at_ = 0;
  ObjectPath path_;
};

}  // namespace

Result<ObjectPath> parse_object_path(std::string_view asked) {
  return Parser(asked).parse();
}

}  // namespace stillframe::cpython
