// What threads wait for that others hold: the locks behind the futexes that they sleep on, and who can be seen to hold
// them.
#pragma once

#include <unordered_map>

#include "capture/capturer.h"
#include "cpython/runtime/runtime.h"
#include "cpython/values/redaction.h"
#include "target/target.h"

namespace stillframe::waits {

// Fills Still::resources and Thread::wants, after the target runs again: the frames are those of the still, and what is
// read now of a lock holds as long as the thread that waits for it has not moved since, which the analysis of waits
// proves. Reads nothing where no thread sleeps on a futex. `tids` are the threads by their thread states.
void add_resources(const capture::Snapshot& snapshot, const target::Target& target,
                   const std::unordered_map<cpython::Address, target::Tid>& tids, const cpython::Runtime& runtime,
                   const cpython::Redaction& redaction, model::Still& still);

}  // namespace stillframe::waits
