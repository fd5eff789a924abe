#pragma once

#include "cpython/dialects/versions/cpython_3_9.h"

namespace stillframe::cpython::dialects {

inline constexpr Dialect cpython_3_10 = [] {
  Dialect d = cpython_3_9;
  // Include/cpython/frameobject.h: f_valuestack, f_trace, f_stackdepth; f_lasti and f_lineno as said there; f_state.
  d.frames.stack_top = StackTop::frame_object_depth;
  d.frames.lasti_counts_units = true;
  d.frames.lineno_only_while_traced = true;
  d.frames.entry_mark = EntryMark::cframe;    // Include/cpython/pystate.h: CFrame
  d.code.line_table = LineTable::line_table;  // PEP 626
  d.code.jumps_count_units = true;            // Python/ceval.c, JUMPTO()
  d.generators.state_home = GeneratorStateHome::frame_object;
  // enum _framestate in Include/cpython/frameobject.h: created -2, suspended -1, executing 0.
  d.generators.states = {.not_started = -2, .executing = 0, .first_delegating = 0, .last_delegating = 0};
  d.generators.word_of_qualified_name = 4;  // Include/genobject.h: frame, code, weakreflist, name, qualname

  // Include/cpython/funcobject.h: globals, builtins, name, qualname, code, defaults, kwdefaults, closure.
  d.objects.function = {.code = 4, .name = 2, .qualified_name = 3, .closure = 7};
  // Modules/_asynciomodule.c: exception_tb.
  d.tasks.future.result = 6;
  d.tasks.future.state = 9;
  d.tasks.future.waits_for = 17;
  d.tasks.future.coroutine = 18;
  d.tasks.future.name = 19;
  d.tasks.future.must_cancel = 21;
  d.reprs.wrapped_functions_shown = true;  // Objects/funcobject.c, cm_repr() and sm_repr()
  return d;
}();

}  // namespace stillframe::cpython::dialects
