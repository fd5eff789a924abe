#pragma once

#include "cpython/dialects/versions/cpython_3_14.h"

namespace stillframe::cpython::dialects {

inline constexpr Dialect cpython_3_15 = [] {
  Dialect d = cpython_3_14;
  d.code.with_except_start = 41;  // Include/opcode_ids.h
  // enum _framestate in Include/internal/pycore_frame.h: created 0, suspended (three kinds), executing 4, cleared 5.
  d.generators.states = {.not_started = 0, .executing = 4, .first_delegating = 2, .last_delegating = 3};
  d.generators.iterated_from_top = 2;  // _PyGen_yf() in Objects/genobject.c: an index stands above it
  d.library.file_io = {.missing_first = 0, .truncated = 64, .close_fd = 128};  // Modules/_io/fileio.c: `truncate`
  d.library.mmap_access = 56;                       // Modules/mmapmodule.c: trackfd behind it
  d.reprs.bytearray_escapes_single_quotes = false;  // Objects/bytearrayobject.c, bytearray_repr()
  return d;
}();

}  // namespace stillframe::cpython::dialects
