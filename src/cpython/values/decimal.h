// Integers of any size as decimal digits.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace stillframe::cpython {

// An int's digits in CPython's form: 30 bits each (15 in builds for 32-bit machines, which are not looked at), the
// least significant first.
inline constexpr unsigned kDigitBits = 30;

// All decimal digits of a number; its time grows with the square of the length.
std::string decimal(std::span<const std::uint32_t> digits);

struct LeadingDigits {
  std::string digits;
  std::uint64_t left_out = 0;  // how many more digits follow
  bool certain = true;         // false: they are those of the number or of one that is larger by less than 1e-30 of it
};

// The first `most` decimal digits of a number of `count` digits of 30 bits, of which `top` are the most significant
// ones, the least significant of them first. `top` must hold digits_for(most) digits at least and `count` must be more.
LeadingDigits leading_decimals(std::span<const std::uint32_t> top, std::uint64_t count, std::uint64_t most);

// How many digits of 30 bits settle the first `most` decimal ones.
std::uint64_t digits_for(std::uint64_t most);

}  // namespace stillframe::cpython
