// Finds the secrets in a text by what stands around them and by their own form.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "text/redaction.h"

namespace stillframe::text {

// One pass over the text: what was looked at ahead is bounded, or is skipped afterwards.
class SecretFinder {
 public:
  SecretFinder(const Redaction& redaction, std::string_view text, Writing writing, bool cut)
      : redaction_(redaction), text_(text), code_(writing == Writing::code), cut_(cut) {}

  std::vector<Span> find();

 private:
  // A value, and where what is behind it begins.
  struct Value {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool quoted = false;
    std::size_t behind = 0;
  };

  [[nodiscard]] char at(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }
  [[nodiscard]] bool has(std::size_t i, std::string_view what) const { return text_.substr(i).starts_with(what); }
  [[nodiscard]] std::string_view part(std::size_t begin, std::size_t end) const {
    return text_.substr(begin, end - begin);
  }
  [[nodiscard]] std::size_t behind_blanks(std::size_t i) const;
  [[nodiscard]] std::size_t end_of_word(std::size_t begin) const;
  [[nodiscard]] std::size_t end_of(std::size_t begin, std::string_view letters) const;
  [[nodiscard]] std::size_t end_of_line(std::size_t begin) const;
  [[nodiscard]] bool ends_bare(std::size_t i) const;
  [[nodiscard]] bool begins_pair(std::size_t i) const;
  [[nodiscard]] std::optional<Value> literal(std::size_t i) const;
  [[nodiscard]] std::optional<Value> bare(std::size_t begin, std::size_t most) const;
  [[nodiscard]] static bool is_open_word(std::string_view value);
  [[nodiscard]] static bool is_filled_in_later(std::string_view value);

  // Each gives where to go on when it has hidden something.
  std::optional<std::size_t> hide(std::size_t begin, std::size_t end);
  std::optional<std::size_t> hide_value(const NameMeaning& meaning, const std::optional<Value>& value, bool certain);
  std::size_t word(std::size_t begin);
  std::optional<std::size_t> named(std::size_t begin, std::size_t end);
  std::optional<std::size_t> behind_separator(std::size_t begin, std::size_t end, std::size_t separator, bool quoted);
  std::optional<std::size_t> in_brackets(std::size_t begin, std::size_t separator, bool quoted, std::string_view name);
  std::optional<std::size_t> header(std::string_view name, std::size_t value);
  std::optional<std::size_t> behind_flag(std::size_t begin, std::size_t end);
  std::optional<std::size_t> behind_scheme(std::size_t begin, std::size_t end);
  std::optional<std::size_t> in_prose(std::size_t begin, std::size_t end);
  std::optional<std::size_t> shape(std::size_t begin);
  std::size_t url(std::size_t colon);
  std::optional<std::size_t> webhook(std::string_view host, std::size_t path);
  std::size_t private_key(std::size_t dashes);

  const Redaction& redaction_;
  std::string_view text_;
  bool code_;
  bool cut_;
  std::vector<Span> found_;
};

}  // namespace stillframe::text
