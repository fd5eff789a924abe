#include "graph/task_graphs.h"

#include <gtest/gtest.h>

namespace stillframe::graph {
namespace {

using Cycles = std::vector<std::vector<std::uint32_t>>;

TEST(TaskGraphs, LocksOfLikelyHoldersCountToo) {
  model::Tasks tasks;
  tasks.tasks.resize(2);
  tasks.tasks[0].awaits = {1};
  tasks.tasks[1].waits_for = {.kind = model::WaitKind::lock, .holders = {0}};
  EXPECT_EQ(cycles_of(await_graph(tasks)), Cycles{});
  EXPECT_EQ(cycles_of(wait_graph(tasks)), (Cycles{{0, 1}}));
}

TEST(TaskGraphs, OfSeveralHoldersOfASemaphoreEachMayLetGo) {
  model::Tasks tasks;
  tasks.tasks.resize(3);
  tasks.tasks[0].awaits = {1};
  tasks.tasks[1].waits_for = {.kind = model::WaitKind::semaphore, .holders = {0}};
  EXPECT_EQ(cycles_of(wait_graph(tasks)), (Cycles{{0, 1}}));
  tasks.tasks[1].waits_for.holders = {0, 2};
  EXPECT_EQ(cycles_of(wait_graph(tasks)), Cycles{});
}

}  // namespace
}  // namespace stillframe::graph
