// What both of Rust's manglings are made of.
#pragma once

#include <cstdint>
#include <string>

#include "binary/digits.h"

namespace stillframe::binary {

inline bool is_lower_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f');
}

inline std::uint32_t hex_value(char c) {
  return static_cast<std::uint32_t>(is_digit(c) ? c - '0' : c - 'a' + 10);
}

// A code point as UTF-8; empty for surrogates and what is out of range.
std::string utf8_of(std::uint32_t code);

}  // namespace stillframe::binary
