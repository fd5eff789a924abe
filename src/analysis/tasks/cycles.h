// Tasks that await one another in a circle: none of them will ever go on.
#pragma once

#include <cstdint>
#include <vector>

#include "model/tasks.h"

namespace stillframe::analysis {

// By task, the tasks that it cannot go on without.
using TaskGraph = std::vector<std::vector<std::uint32_t>>;

// Circles that have no task in common, each beginning with its first task in the order of the graph; each task waits
// for the next one, and the last for the first.
std::vector<std::vector<std::uint32_t>> cycles_of(const TaskGraph& graph);

// Who awaits whom.
TaskGraph await_graph(const model::Tasks& tasks);
// The same, and who waits for a lock that others hold or likely do, or for a semaphore that one other does.
TaskGraph wait_graph(const model::Tasks& tasks);

}  // namespace stillframe::analysis
