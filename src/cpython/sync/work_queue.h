// The work that waits in a thread pool of concurrent.futures.
#pragma once

#include <vector>

#include "cpython/objects.h"

namespace stillframe::cpython {

// The futures of the work items in a pool's queue.SimpleQueue, the next one first; some thousands at most.
std::vector<Address> futures_in(const Objects& objects, Address queue);

}  // namespace stillframe::cpython
