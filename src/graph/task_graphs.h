// By task, the tasks that it cannot go on without. Those of a circle among them will never go on.
#pragma once

#include "graph/cycles.h"
#include "model/tasks.h"

namespace stillframe::graph {

// Who awaits whom.
Graph await_graph(const model::Tasks& tasks);
// The same, and who waits for a lock that others hold or likely do, or for a semaphore that one other does.
Graph wait_graph(const model::Tasks& tasks);

}  // namespace stillframe::graph
