// Who holds a lock of a scheduler: some name their owner; those of asyncio and curio keep none, but `async with` leaves
// its way out on the value stack of the call.
#pragma once

#include <span>

#include "cpython/tasks/raw_tasks.h"

namespace stillframe::cpython {

// Fills RawWait::holders of tasks that wait for a lock or a semaphore which does not itself name its holders.
void find_lock_holders(Instances& instances, std::span<RawTask> tasks);

// The holder is the task that the lock itself names in that attribute.
void add_owner(Instances& instances, Address lock, std::string_view attribute, RawWait& wait);

// The holders are those in a set that the lock itself has.
void add_holders_of_set(Instances& instances, Address set, RawWait& wait);

}  // namespace stillframe::cpython
