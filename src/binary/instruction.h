// One machine instruction: what it does with memory, for a fault to be explained. x86-64 alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "binary/dwarf_expression.h"

namespace stillframe::binary {

struct NamedRegister {
  std::string name;  // "rdi"
  std::uint64_t value = 0;
};

// A place in memory that an instruction reads or writes.
struct MemoryOperand {
  std::string text;  // "rdi + 0x10"
  std::uint32_t size = 0;
  bool masked = false;  // only some of these bytes are touched, as a mask register says
  bool read = false;
  bool written = false;
  std::optional<memory::Address> address;  // absent: a register is not known, or it counts from a thread's own segment
  std::vector<NamedRegister> registers;    // that it is made of
};

struct Instruction {
  std::string text;  // "mov rax, qword ptr [rdi + 0x10]"
  std::uint32_t length = 0;
  std::vector<MemoryOperand> memory;
  bool divides = false;
  std::optional<NamedRegister> divisor;  // where it divides by a register
  bool traps = false;                    // made to stop the program: ud2, int3, hlt
  bool wide = false;                     // AVX and later, which not every processor has
};

// The instruction that begins with the first of these bytes, which lie at `pc`. Nothing for what is none, and on
// machines other than x86-64. Any bytes will do.
std::optional<Instruction> decode_instruction(std::span<const std::byte> bytes, memory::Address pc,
                                              const RegisterSet& registers);

// What a register surely holds at some place of a function, as its code tells: an argument that the function was given
// (0 for the first), or an address that stands in the code.
struct KnownValue {
  std::optional<std::size_t> argument;
  std::optional<memory::Address> address;
};
// By DWARF number, of the general registers: what each holds before the instruction at `pc` of the function whose code
// begins at `begin`. Nothing is said of a register where the way there is not a straight one. `called`: a call has led
// to the beginning, so that the arguments are where they have to be (a part that the compiler has moved elsewhere,
// "f.cold", is jumped into).
using KnownValues = std::array<KnownValue, kUnwindRegisters>;
KnownValues known_values(std::span<const std::byte> code, memory::Address begin, memory::Address pc, bool called);

}  // namespace stillframe::binary
