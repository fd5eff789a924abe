// The three ways in which CPython has written down which instruction belongs to which source line.
#pragma once

#include <cstdint>
#include <string_view>

#include "cpython/stacks/code.h"

namespace stillframe::cpython {

// To 3.9 (Objects/lnotab_notes.txt): pairs of (instruction bytes, line delta). The delta is signed from 3.6 on.
Position locate_in_lnotab(std::string_view table, std::int32_t first_line, std::int64_t lasti, bool signed_deltas);

// 3.10 (PEP 626): pairs of (bytes, signed line delta); a delta of -128 marks bytes that belong to no line.
Position locate_in_line_table(std::string_view table, std::int32_t first_line, std::int64_t lasti);

// 3.11+ (Objects/locations.md, from 3.12 InternalDocs/code_objects.md): variable length entries with columns.
Position locate_in_location_table(std::string_view table, std::int32_t first_line, std::int64_t lasti);

}  // namespace stillframe::cpython
