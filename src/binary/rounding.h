// Rounding up to whole pages and the like.
#pragma once

#include <cstdint>

namespace stillframe::binary {

// Of x86-64; larger ones elsewhere only make `forget` do less.
inline constexpr std::uint64_t page_size = 4096;

// The least multiple of `to`, which is not 0, that is not below `value`.
constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t to) {
  return (value + to - 1) / to * to;
}

}  // namespace stillframe::binary
