// The work of a thread pool of concurrent.futures: what waits and what runs.
#pragma once

#include <optional>
#include <vector>

#include "cpython/objects/objects.h"
#include "cpython/stacks/variables.h"

namespace stillframe::cpython {

// The futures of the work items in a pool's queue.SimpleQueue, the next one first; some thousands at most.
std::vector<Address> futures_in(const Objects& objects, Address queue);

// The future of the job that a frame runs, where it is the call in which a worker does so.
std::optional<Address> future_run_by(const Objects& objects, Variables& variables, const RawFrame& frame);

// The queue of work items that a frame takes from, where it is the outermost call of a pool's worker.
std::optional<Address> work_queue_of(Variables& variables, const RawFrame& frame);

}  // namespace stillframe::cpython
