// The tasks of a still, out of what was read of them.
#pragma once

#include <optional>
#include <unordered_map>

#include "cpython/asyncio/raw_tasks.h"
#include "model/tasks.h"
#include "photograph/frame_maker.h"
#include "target/target.h"

namespace stillframe::photograph {

// Fills still.tasks; what is missing goes to the still's warnings. `tids`: threads by thread state. `now`: the
// program's own CLOCK_MONOTONIC, absent in a core.
void develop_tasks(const cpython::RawTasks& raw, const std::unordered_map<cpython::Address, target::Tid>& tids,
                   std::optional<double> now, FrameMaker& frames, model::Still& still);

}  // namespace stillframe::photograph
