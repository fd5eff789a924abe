#include "analysis/tasks/cycles.h"

#include <gtest/gtest.h>

namespace stillframe::analysis {
namespace {

using Cycles = std::vector<std::vector<std::uint32_t>>;

TEST(TaskCycles, None) {
  EXPECT_EQ(cycles_of({}), Cycles{});
  EXPECT_EQ(cycles_of({{1, 2}, {3}, {3}, {}}), Cycles{});
}

TEST(TaskCycles, EachOnceFromItsFirstTask) {
  EXPECT_EQ(cycles_of({{1}, {2}, {0}}), (Cycles{{0, 1, 2}}));
  EXPECT_EQ(cycles_of({{}, {3}, {}, {1}, {4}}), (Cycles{{1, 3}, {4}}));
  EXPECT_EQ(cycles_of({{2}, {0}, {1}}), (Cycles{{0, 2, 1}}));
  EXPECT_EQ(cycles_of({{1, 2}, {0}, {0}}), (Cycles{{0, 1}})) << "the other one shares a task with it";
}

TEST(TaskCycles, AChainOfAMillionTasks) {
  TaskGraph graph(1'000'000);
  for (std::uint32_t i = 0; i + 1 < graph.size(); ++i) {
    graph[i].push_back(i + 1);
  }
  EXPECT_EQ(cycles_of(graph), Cycles{});
  graph.back().push_back(0);
  ASSERT_EQ(cycles_of(graph).size(), 1U);
  EXPECT_EQ(cycles_of(graph)[0].size(), graph.size());
}

TEST(TaskCycles, LocksOfLikelyHoldersCountToo) {
  model::Tasks tasks;
  tasks.tasks.resize(2);
  tasks.tasks[0].awaits = {1};
  tasks.tasks[1].waits_for = {.kind = model::WaitKind::lock, .holders = {0}};
  EXPECT_EQ(cycles_of(await_graph(tasks)), Cycles{});
  EXPECT_EQ(cycles_of(wait_graph(tasks)), (Cycles{{0, 1}}));
}

TEST(TaskCycles, OfSeveralHoldersOfASemaphoreEachMayLetGo) {
  model::Tasks tasks;
  tasks.tasks.resize(3);
  tasks.tasks[0].awaits = {1};
  tasks.tasks[1].waits_for = {.kind = model::WaitKind::semaphore, .holders = {0}};
  EXPECT_EQ(cycles_of(wait_graph(tasks)), (Cycles{{0, 1}}));
  tasks.tasks[1].waits_for.holders = {0, 2};
  EXPECT_EQ(cycles_of(wait_graph(tasks)), Cycles{});
}

}  // namespace
}  // namespace stillframe::analysis
