#pragma once

#include "cpython/dialects/versions/cpython_3_11.h"

namespace stillframe::cpython::dialects {

inline constexpr Dialect cpython_3_12 = [] {
  Dialect d = cpython_3_11;
  d.gil.home = GilHome::interpreter;         // PEP 684, Include/internal/pycore_ceval_state.h
  d.frames.entry_mark = EntryMark::shim;     // entry_frame in Python/ceval.c; FRAME_OWNED_BY_CSTACK
  d.generators.word_of_qualified_name = 2;   // Include/cpython/genobject.h: weakreflist, name, qualname
  d.exceptions.traceback_in_thread = false;  // Include/cpython/pystate.h: current_exception

  d.objects.text = TextFormat::compact_or_ready;           // PEP 623
  d.objects.reference_counts = ReferenceCounts::low_half;  // PEP 683, Include/object.h
  // _PyDictOrValues_SetValues() in Include/internal/pycore_object.h: values as their address minus 1.
  d.dicts.managed = ManagedAttributesFormat::dict_or_values;
  d.library.string_io = StringIoWriter::in_object;  // Modules/_io/stringio.c
  d.library.string_io_closed = 8 + 56 + 1;          // state, the writer, `ok`
  d.tasks.sets = TaskSets::scheduled_and_eager;     // Lib/asyncio/tasks.py

  d.reprs.ordered_dict_as_pairs = false;  // Objects/odictobject.c, odict_repr()
  d.reprs.loaders_tell_origin = false;    // module_repr() left Lib/importlib/_bootstrap.py
  return d;
}();

}  // namespace stillframe::cpython::dialects
