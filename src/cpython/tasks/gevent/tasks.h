// The greenlets of gevent: those that take turns with a hub, which is gevent's loop of one thread.
#pragma once

#include <cstddef>

#include "cpython/stacks/greenlets.h"
#include "cpython/stacks/interpreters.h"
#include "cpython/tasks/raw_tasks.h"

namespace stillframe::cpython {

// Adds them as tasks, and each hub as a loop; where there are more than `most`, a problem and none of them.
void read_gevent(const Objects& objects, const RawProcess& process, const GreenletList& greenlets, std::size_t most,
                 RawTasks& found);

}  // namespace stillframe::cpython
