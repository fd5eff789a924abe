#pragma once

#include "cpython/dialects/versions/cpython_3_6.h"

namespace stillframe::cpython::dialects {

inline constexpr Dialect cpython_3_7 = [] {
  Dialect d = cpython_3_6;
  d.gil.home = GilHome::runtime;  // Include/internal/ceval.h: _PyRuntime.ceval
  d.dicts.found_by_hash = true;
  // Modules/_functoolsmodule.c: wrapper, typed, cache, hits, func, maxsize, misses.
  d.library.lru_cache = {.function = 4, .cache = 2, .hits = 3, .most = 5};

  // Modules/_asynciomodule.c: loop, callback0, context0, callbacks, exception, result … (PEP 567).
  d.tasks.future.first_callback = 1;
  d.tasks.future.callbacks = 3;
  d.tasks.future.callbacks_have_context = true;
  d.tasks.future.exception = 4;
  d.tasks.future.result = 5;
  d.tasks.future.state = 7;
  d.tasks.future.waits_for = 11;
  d.tasks.future.coroutine = 12;
  d.tasks.future.must_cancel = 14;
  d.tasks.sets = TaskSets::one_set;  // Lib/asyncio/tasks.py

  d.reprs.containers_name_subclass = true;  // bpo-33234
  d.reprs.exception_drops_comma = true;     // Objects/exceptions.c, BaseException_repr()
  d.reprs.timedelta_by_keywords = true;     // Modules/_datetimemodule.c, delta_repr()
  d.reprs.asyncio_comma_with_space = true;  // Lib/asyncio/locks.py
  d.reprs.frame = "<frame";                 // Objects/frameobject.c, frame_repr()
  return d;
}();

}  // namespace stillframe::cpython::dialects
