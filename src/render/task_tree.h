// Which task is shown below which: the await tree, with tasks that stand at the same place as one.
#pragma once

#include <cstdint>
#include <vector>

#include "model/tasks.h"

namespace stillframe::render {

struct TaskNode {
  std::uint32_t task = 0;
  std::vector<std::uint32_t> alike;  // other tasks that stand at the same place, with equal tasks below them
  std::vector<TaskNode> children;    // what it awaits, or will: tasks in its nurseries
  bool shown_above = false;          // what it awaits is shown where the task is met first
  bool in_cycle = false;             // it awaits itself, through the tasks above it
  std::size_t deeper = 0;            // how many tasks it awaits that are too deep to be shown
};

// The tasks of one loop: first those that nobody of that loop awaits, then one of each circle. `fold` false: each task
// on its own.
std::vector<TaskNode> task_tree(const model::Tasks& tasks, std::uint32_t loop, bool fold);

}  // namespace stillframe::render
