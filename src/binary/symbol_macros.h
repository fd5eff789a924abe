// Macros, of code that was compiled with -g3.
//
// Compilers give what comes out of a macro the place where the macro is used. So a call is in an expansion when, at its
// line and column, the source has the name of a macro that is defined at that point. Where there is no column, it is
// when the line uses a single function-like macro, and does not itself name the function that is called there. In all
// other cases nothing is said.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "binary/symbol_lines.h"

namespace stillframe::binary {

// Where definitions and their texts stand.
struct MacroSections {
  std::span<const std::byte> macros;          // .debug_macro
  std::span<const std::byte> strings;         // .debug_str
  std::span<const std::byte> string_offsets;  // .debug_str_offsets, from DW_AT_str_offsets_base on
};

struct MacroPlace {
  std::string_view file;  // as LineTable::path gives it
  std::int32_t line = 0;
  std::optional<std::int32_t> column;
  std::string_view source;  // the line's text
  std::string_view called;  // the function that is called or inlined there; empty: none
};

// The macro of whose expansion the place is a part. `offset` is the unit's DW_AT_macros.
std::optional<std::string> macro_at(const MacroSections& sections, std::uint64_t offset, const LineTable& lines,
                                    const MacroPlace& place);

}  // namespace stillframe::binary
