// What a still's JSON says of who waits for whom, read back.
#pragma once

#include <vector>

#include "model/still.h"
#include "render/json_fields.h"

namespace stillframe::render {

model::WaitGraph read_wait_graph(const Fields& fields);
// `depth`: of branches within branches; those of a hostile document end somewhere.
model::WaitChain read_chain(const Fields& fields, int depth = 0);
model::SignalHandlers read_signals(const Fields& fields);

}  // namespace stillframe::render
