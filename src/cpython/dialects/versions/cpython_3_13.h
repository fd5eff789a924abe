#pragma once

#include "cpython/dialects/versions/cpython_3_12.h"

namespace stillframe::cpython::dialects {

inline constexpr Dialect cpython_3_13 = [] {
  Dialect d = cpython_3_12;
  d.runtime.debug_offsets = true;               // Include/internal/pycore_debug_offsets.h
  d.gil.drop_request = DropRequest::thread;     // _PY_GIL_DROP_REQUEST_BIT in Include/internal/pycore_ceval.h
  d.sync.parking_lot = true;                    // Python/parking_lot.c, Python/lock.c
  d.code.with_except_start = 44;                // Include/opcode_ids.h
  d.generators.delegation = Delegation::state;  // FRAME_SUSPENDED_YIELD_FROM in Include/internal/pycore_frame.h
  d.generators.states = {.not_started = -3, .executing = 0, .first_delegating = -1, .last_delegating = -1};

  // MANAGED_DICT_OFFSET in Include/internal/pycore_object.h, get_insertion_order_array() in pycore_dict.h.
  d.dicts.managed = ManagedAttributesFormat::inline_values;
  d.library.type_variable_flags = 7;  // Objects/typevarobject.c: default_value, evaluate_default
  d.library.queue_is_ring = true;     // Modules/_queuemodule.c: RingBuf
  // Modules/_asynciomodule.c: neither dict nor weakreflist, bits in place of ints.
  d.tasks.future.state = 10;
  d.tasks.future.waits_for = 12;
  d.tasks.future.coroutine = 13;
  d.tasks.future.name = 14;
  d.tasks.future.must_cancel = 0;
  d.tasks.future.bits_behind_state = 4;

  d.reprs.partial_names_module = true;    // Modules/_functoolsmodule.c, partial_repr()
  d.reprs.weak_proxy_quotes_type = true;  // Objects/weakrefobject.c, proxy_repr()
  return d;
}();

}  // namespace stillframe::cpython::dialects
