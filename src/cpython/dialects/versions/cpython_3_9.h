#pragma once

#include "cpython/dialects/versions/cpython_3_8.h"

namespace stillframe::cpython::dialects {

inline constexpr Dialect cpython_3_9 = [] {
  Dialect d = cpython_3_8;
  d.gil.drop_request = DropRequest::interpreter;  // Include/internal/pycore_interp.h: ceval
  d.gil.collector_in_interpreter = true;          // Include/internal/pycore_interp.h: gc
  d.library.mmap_access = 56;                     // Modules/mmapmodule.c
  // Modules/_asynciomodule.c: cancel_msg, cancelled_exc_state (four words).
  d.tasks.future.state = 8;
  d.tasks.future.waits_for = 16;
  d.tasks.future.coroutine = 17;
  d.tasks.future.name = 18;
  d.tasks.future.must_cancel = 20;
  d.reprs.namespaces_sorted = false;  // Objects/namespaceobject.c, namespace_repr()
  return d;
}();

}  // namespace stillframe::cpython::dialects
