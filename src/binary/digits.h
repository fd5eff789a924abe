// Digits of names and numbers in text, whatever the locale.
#pragma once

namespace stillframe::binary {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace stillframe::binary
