// Registers of a thread.
#pragma once

#include <cstdint>
#include <vector>

namespace stillframe::target {

// General purpose registers that unwinding and matching need, by DWARF number of the architecture.
struct Registers {
  std::vector<std::uint64_t> dwarf;  // x86-64: 0..16 (16 is the pc); aarch64: 0..30, 31 sp, 32 pc
  std::uint64_t pc = 0;
  std::uint64_t sp = 0;
  std::uint64_t thread_pointer = 0;  // x86-64 fs base, aarch64 tpidr_el0; 0 where unknown
};

}  // namespace stillframe::target
