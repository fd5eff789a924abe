// The instructions of call frame information, run up to one address.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "binary/unwind_row.h"

namespace stillframe::binary {

// What stands in a CIE and FDE besides their instructions.
struct CfiHeader {
  std::uint64_t code_alignment = 1;
  std::int64_t data_alignment = 1;
  std::uint64_t return_register = 0;
  std::uint8_t pointer_encoding = 0;  // of DW_CFA_set_loc
  bool signal_frame = false;
  memory::Address begin = 0;
  memory::Address end = 0;
};

// The row that holds at `pc`, its expressions lying in `initial` and `instructions`; nothing where the instructions
// make no sense. Any bytes come to an end: each instruction takes at least one.
std::optional<UnwindRow> run_cfi_program(const CfiHeader& header, std::span<const std::byte> initial,
                                         std::span<const std::byte> instructions, memory::Address pc);

}  // namespace stillframe::binary
