// The stack machine of DWARF expressions (DWARF 5, section 2.5), as far as call frame information uses it.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include "binary/unwind_row.h"
#include "memory/memory_source.h"

namespace stillframe::binary {

// Registers of one frame: those whose value is known.
struct RegisterSet {
  std::array<std::uint64_t, kUnwindRegisters> values{};
  std::uint64_t known = 0;  // bit n: values[n] is known

  [[nodiscard]] std::optional<std::uint64_t> get(std::uint64_t number) const {
    if (number >= values.size() || ((known >> number) & 1U) == 0) {
      return std::nullopt;
    }
    return values[static_cast<std::size_t>(number)];
  }
  void set(std::uint64_t number, std::uint64_t value) {
    values[static_cast<std::size_t>(number)] = value;
    known |= std::uint64_t{1} << number;
  }
  void forget(std::uint64_t number) { known &= ~(std::uint64_t{1} << number); }
};

enum class ExpressionFault : std::uint8_t {
  nonsense,          // no valid expression, or one that does not end
  unknown_register,  // needs a register whose value is not known
  memory,            // needs memory that cannot be read
};

// What `expression` gives when it starts with `initial` on its stack (the CFA, for register rules). `bias` is added to
// addresses that it names. Each operation takes 1 from `effort`; with none left the expression is nonsense.
std::expected<std::uint64_t, ExpressionFault> evaluate(std::span<const std::byte> expression,
                                                       const RegisterSet& registers, const memory::MemorySource& memory,
                                                       std::optional<std::uint64_t> initial, memory::Address bias,
                                                       std::uint64_t& effort);

}  // namespace stillframe::binary
