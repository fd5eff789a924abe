#include "binary/demangle_rust_v0_text.h"

#include <limits>

#include "binary/demangle_rust.h"

namespace stillframe::binary {

char RustV0Text::next() {
  const char c = peek();
  failed_ = failed_ || at_ >= input_.size();
  at_ += failed_ ? 0 : 1;
  return c;
}

bool RustV0Text::eat(char c) {
  const bool found = peek() == c;
  at_ += found ? 1 : 0;
  return found;
}

void RustV0Text::print(std::string_view text) {
  if (!silent_) {
    out_ += text;
  }
}

std::uint64_t RustV0Text::base_62() {
  if (eat('_')) {
    return 0;
  }
  std::uint64_t value = 0;
  while (!failed_ && !eat('_')) {
    const char c = next();
    std::uint64_t digit = 0;
    if (is_digit(c)) {
      digit = static_cast<std::uint64_t>(c - '0');
    } else if (c >= 'a' && c <= 'z') {
      digit = static_cast<std::uint64_t>(c - 'a') + 10;
    } else if (c >= 'A' && c <= 'Z') {
      digit = static_cast<std::uint64_t>(c - 'A') + 36;
    } else {
      failed_ = true;
    }
    failed_ = failed_ || value > (std::numeric_limits<std::uint64_t>::max() - 62) / 62;
    value = failed_ ? 0 : value * 62 + digit;
  }
  return value + 1;
}

std::string_view RustV0Text::identifier_text() {
  const bool puny = eat('u');
  std::size_t length = 0;
  if (!is_digit(peek())) {
    failed_ = true;
  }
  while (is_digit(peek()) && length < input_.size()) {
    const auto digit = static_cast<std::size_t>(next() - '0');
    length = length * 10 + digit;
    if (length == 0) {
      break;
    }
  }
  eat('_');
  if (failed_ || length > input_.size() - at_) {
    failed_ = true;
    return {};
  }
  const std::string_view text = input_.substr(at_, length);
  at_ += length;
  puny_ = puny;
  return text;
}

void RustV0Text::print_identifier(std::string_view text) {
  // Letters outside of ASCII are rare in names of functions: shown as they are encoded.
  print(puny_ ? "punycode{" : "");
  print(text);
  print(puny_ ? "}" : "");
}

}  // namespace stillframe::binary
