// What is secret, by its name or by its shape, and how it is hidden: for values, command lines, source lines, messages.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/secret_names.h"

namespace stillframe::text {

// What stands in place of a hidden value, or of a hidden part of a text.
inline constexpr std::string_view kRedacted = "<redacted>";

// Bytes [begin, end) of a text.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool operator==(const Span&) const = default;
};

// What a text is: it decides whether a bare word behind "password=" is a value or the name of a variable.
enum class Writing : std::uint8_t {
  text,  // anything: values, messages, arguments of a command
  code,  // a line of source: only literals are values
};

// Sorts of values, as far as it matters whether they can be secrets.
enum class Shape : std::uint8_t {
  nothing,  // None, a bool, a function, a class, a module
  number,
  text,      // str or bytes
  sequence,  // tuple or list
  other,
};

class Redaction {
 public:
  // Hides what is called after passwords, tokens, keys and the like, and what looks like one.
  static Redaction usual();
  // Hides nothing.
  static Redaction none() { return {}; }

  // Also hides names that contain `pattern`, whatever the case; `*` stands for any characters, as in a shell.
  void add(std::string_view pattern);
  [[nodiscard]] bool empty() const { return !usual_ && patterns_.empty(); }

  // What `name` says of its value.
  [[nodiscard]] NameMeaning meaning(std::string_view name) const;
  // Whether a value of that name is hidden: of a sort; for a text it also matters what it says.
  [[nodiscard]] static bool hides(const NameMeaning& meaning, Shape shape);
  [[nodiscard]] bool hides_text(const NameMeaning& meaning, std::string_view text) const;
  // Of values of which no more is known than their name.
  [[nodiscard]] bool hides(std::string_view name) const { return hides(meaning(name), Shape::other); }

  // The secret parts of a text (nothing where not the usual names are hidden), from the first to the last, none within
  // another. `cut`: the text goes on, so that a
  // secret at its end need not be whole. Takes time in the length of the text.
  [[nodiscard]] std::vector<Span> find(std::string_view text, Writing writing = Writing::text, bool cut = false) const;
  // `text` with its secret parts hidden.
  [[nodiscard]] std::string hidden(std::string_view text, Writing writing = Writing::text) const;
  // The same of a text that is kept: not written where nothing is secret.
  void hide_in(std::string& text) const;
  // The arguments of a command: also what stands behind --password, as an argument of its own.
  void hide_in(std::vector<std::string>& arguments) const;
  // Whether `flag` says that the argument or item behind it is secret: "--password", "-token".
  [[nodiscard]] bool announces_secret(std::string_view flag) const;

 private:
  [[nodiscard]] NameMeaning decide(std::string_view name) const;

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  bool usual_ = false;
  std::vector<std::string> patterns_;  // in lower case
  // What was decided before: programs have few names, and use them often.
  mutable std::unordered_map<std::string, NameMeaning, Hash, std::equal_to<>> decided_;
};

// `text` with kRedacted in place of each span.
std::string with_hidden(std::string_view text, const std::vector<Span>& spans);
// Where a byte of the text stands in what with_hidden() gives; of a hidden one: where kRedacted begins.
std::size_t offset_with_hidden(std::size_t offset, const std::vector<Span>& spans);

}  // namespace stillframe::text
