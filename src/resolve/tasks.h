// The tasks of a still, out of what was read of them.
#pragma once

#include <chrono>
#include <optional>
#include <unordered_map>

#include "cpython/tasks/raw_tasks.h"
#include "model/tasks.h"
#include "resolve/frame_maker.h"
#include "target/target.h"

namespace stillframe::resolve {

// The program's own CLOCK_MONOTONIC at a moment in the past; absent in a core, and where it is not known.
std::optional<double> monotonic_at(const target::Target& target, std::chrono::steady_clock::time_point moment);

// Fills still.tasks; what is missing goes to the still's warnings. `tids`: threads by thread state. `now`: what
// monotonic_at() says of the moment at which they were read.
void resolve_tasks(const cpython::RawTasks& raw, const std::unordered_map<cpython::Address, target::Tid>& tids,
                   std::optional<double> now, FrameMaker& frames, model::Still& still);

}  // namespace stillframe::resolve
