#pragma once

#include "cpython/dialects/versions/cpython_3_13.h"

namespace stillframe::cpython::dialects {

inline constexpr Dialect cpython_3_14 = [] {
  Dialect d = cpython_3_13;
  d.frames.tagged_references = true;         // Include/internal/pycore_stackref.h
  d.frames.stack_top = StackTop::address;    // Include/internal/pycore_interpframe_structs.h
  d.code.with_except_start = 43;             // Include/opcode_ids.h
  d.code.with_keeps_method_and_self = true;  // LOAD_SPECIAL in Python/bytecodes.c

  d.objects.interned_has_byte_if_free_threaded = true;                  // Include/cpython/unicodeobject.h
  d.objects.reference_counts = ReferenceCounts::low_half_beside_flags;  // Include/refcount.h
  d.library.string_io = StringIoWriter::apart;                          // Modules/_io/stringio.c
  d.library.string_io_closed = 8 + 8 + 1;                               // state, a pointer to the writer, `ok`
  d.library.mmap_access = 64;                                           // Modules/mmapmodule.c: flags
  // Modules/_asynciomodule.c: awaited_by; behind the state is_task and awaited_by_is_set, a byte each, then the bits.
  d.tasks.future.state = 11;
  d.tasks.future.waits_for = 13;
  d.tasks.future.coroutine = 14;
  d.tasks.future.name = 15;
  d.tasks.future.bits_behind_state = 6;
  d.tasks.future.awaited_by = 10;
  d.tasks.lists_in_threads = true;

  d.reprs.zone_info_names_module = true;  // Modules/_zoneinfo.c, zoneinfo_repr(): "%T"
  return d;
}();

}  // namespace stillframe::cpython::dialects
