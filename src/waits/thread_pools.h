// The thread pools of concurrent.futures, and the work that waits in them.
#pragma once

#include <unordered_map>

#include "capture/capturer.h"
#include "model/still.h"

namespace stillframe::waits {

// Fills Still::pools, where a thread waits for a future. Comes after the resources. `tids`: of thread states.
void add_pools(const capture::Snapshot& snapshot, const std::unordered_map<cpython::Address, target::Tid>& tids,
               model::Still& still);

}  // namespace stillframe::waits
