// Who holds a lock of asyncio: it keeps no owner, but `async with` leaves its way out on the value stack of the call.
#pragma once

#include <span>

#include "cpython/asyncio/raw_tasks.h"

namespace stillframe::cpython {

// Fills RawWait::holders of tasks that wait for a lock or a semaphore.
void find_lock_holders(Instances& instances, std::span<RawTask> tasks);

}  // namespace stillframe::cpython
