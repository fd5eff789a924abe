// Where a function's code jumps: one that ends by calling another jumps there, and is on no stack any more.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "memory/memory_source.h"

namespace stillframe::native {

struct Jumps {
  // Targets of direct jumps that lie outside of the code. On x86-64, whose instructions are not told apart here, some
  // of them are none.
  std::vector<memory::Address> away;
  bool through_pointer = false;  // one that may lead anywhere
};

// Of the code that begins at `begin`.
Jumps find_jumps(std::span<const std::byte> code, memory::Address begin);

}  // namespace stillframe::native
