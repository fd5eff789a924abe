// Letters of ASCII, and what else stands in names and between them, whatever the locale.
#pragma once

#include <algorithm>
#include <string_view>

namespace stillframe::text {

constexpr bool is_lower(char letter) {
  return letter >= 'a' && letter <= 'z';
}
constexpr bool is_upper(char letter) {
  return letter >= 'A' && letter <= 'Z';
}
constexpr bool is_letter(char letter) {
  return is_lower(letter) || is_upper(letter);
}
constexpr bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}
constexpr bool is_word(char letter) {
  return is_letter(letter) || is_digit(letter) || letter == '_';
}
constexpr bool is_quote(char letter) {
  return letter == '\'' || letter == '"';
}
constexpr bool is_blank(char letter) {
  return letter == ' ' || letter == '\t';
}
constexpr bool is_space(char letter) {
  return is_blank(letter) || letter == '\n' || letter == '\r' || letter == '\f' || letter == '\v';
}
constexpr char to_lower(char letter) {
  return is_upper(letter) ? static_cast<char>(letter + ('a' - 'A')) : letter;
}

// Whether `word` is `lower` in any case.
constexpr bool equal_letters(std::string_view word, std::string_view lower) {
  return std::ranges::equal(word, lower, [](char one, char other) { return to_lower(one) == other; });
}

}  // namespace stillframe::text
