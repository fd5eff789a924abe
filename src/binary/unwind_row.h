// One row of call frame information: how, at one instruction, to find the caller's registers (DWARF 5, section 6.4).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "memory/memory_source.h"

namespace stillframe::binary {

// Registers by their DWARF number. x86-64: 0 to 16 (6 rbp, 7 rsp, 16 the return address; System V ABI, figure 3.36).
// aarch64: 0 to 32 (29 frame pointer, 30 return address, 31 sp, 32 pc; DWARF for the Arm 64-bit architecture, section
// 4.1).
#if defined(__x86_64__)
inline constexpr std::size_t kUnwindRegisters = 17;
inline constexpr std::size_t kFramePointer = 6;
inline constexpr std::size_t kStackPointer = 7;
#elif defined(__aarch64__)
inline constexpr std::size_t kUnwindRegisters = 33;
inline constexpr std::size_t kFramePointer = 29;
inline constexpr std::size_t kStackPointer = 31;
#else
#error "this architecture is not supported"
#endif

enum class RuleKind : std::uint8_t {
  unspecified,    // not said: the architecture's convention decides
  undefined,      // the caller's value is lost
  same_value,     // not changed by this function
  at_offset,      // saved at CFA + value
  is_offset,      // is CFA + value
  in_register,    // is in register `value`
  at_expression,  // saved where an expression says
  is_expression,  // what an expression says
};

struct RegisterRule {
  RuleKind kind = RuleKind::unspecified;
  std::int64_t value = 0;                 // offset or register number
  std::span<const std::byte> expression;  // DWARF, only where the kind says so; lies in the row's `bytes`
};

struct UnwindRow {
  // Canonical frame address: the caller's stack pointer as it was before the call.
  bool cfa_is_expression = false;
  std::uint64_t cfa_register = 0;
  std::int64_t cfa_offset = 0;
  std::span<const std::byte> cfa_expression;
  std::array<RegisterRule, kUnwindRegisters> registers;
  std::uint64_t return_register = 0;
  bool signal_frame = false;  // the kernel made this frame when it delivered a signal: its pc is no return address
  memory::Address begin = 0;  // the function's range
  memory::Address end = 0;
  std::shared_ptr<const std::vector<std::byte>> bytes;  // what it was made of
};

}  // namespace stillframe::binary
