// How inputs change the memory of a sound program: each change is a piece of it, a word in it, and what that becomes.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>

#include "fake_memory.h"

namespace stillframe::testing {

struct Change {
  std::uint8_t piece;
  std::uint8_t word;
  std::uint8_t how;
  std::uint8_t other;  // another piece
  std::uint64_t value;
};

// Calls `apply` with each change that an input has.
template <typename Apply>
void for_each_change(std::span<const std::uint8_t> input, const Apply& apply) {
  for (; input.size() >= sizeof(Change); input = input.subspan(sizeof(Change))) {
    Change change{};
    std::memcpy(&change, input.data(), sizeof change);
    apply(change);
  }
}

// Puts there a number, a byte, the address of another piece, or one a little behind that.
inline void make(const Change& change, FakeMemory& memory, memory::Address at, memory::Address other) {
  switch (change.how % 4) {
    case 0:
      memory.put(at, change.value);
      break;
    case 1:
      memory.put(at, static_cast<std::uint8_t>(change.value));
      break;
    case 2:
      memory.put(at, other);
      break;
    default:
      memory.put(at, other + (change.value & 0xFFFU));
      break;
  }
}

}  // namespace stillframe::testing
