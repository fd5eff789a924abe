#include "diagnose/wait_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "diagnose/stills.h"

namespace stillframe::diagnose {
namespace {

using model::ResourceKind;

// Makes one thread wait for a lock that others hold.
void wait_for_threads(model::Still& still, std::size_t waiter, const std::vector<std::size_t>& holders) {
  model::Resource lock{.kind = ResourceKind::rlock};
  for (const std::size_t holder : holders) {
    lock.holders.push_back({.tid = still.threads[holder].tid, .certain = true});
  }
  wait_for(still, waiter, std::move(lock));
}

TEST(WaitGraph, ThoseWhoWaitThroughOthersComeBehindThoseWhoWaitThemselves) {
  model::Still still = sleeping_threads(6);
  wait_for_threads(still, 0, {1});
  wait_for_threads(still, 1, {3});
  wait_for_threads(still, 2, {3});
  wait_for_threads(still, 4, {0, 2, 2});
  const WaitGraph graph(still);
  EXPECT_EQ(graph.waiting_for(3), (std::vector<std::size_t>{1, 2, 0, 4}));
  EXPECT_EQ(graph.waiting_for(0), (std::vector<std::size_t>{4}));
  EXPECT_TRUE(graph.waiting_for(5).empty());
}

TEST(WaitGraph, NobodyInACircleWaitsForHimself) {
  model::Still still = sleeping_threads(3);
  wait_for_threads(still, 0, {1});
  wait_for_threads(still, 1, {0});
  wait_for_threads(still, 2, {1});
  const WaitGraph graph(still);
  EXPECT_EQ(graph.waiting_for(1), (std::vector<std::size_t>{0, 2}));
  ASSERT_EQ(graph.cycles().size(), 1U);
  EXPECT_EQ(graph.cycles().front().size(), 2U);
}

// Where each step looked at all threads, these would be 10'000'000'000 looks.
TEST(WaitGraph, AChainIsWalkedThreadByThread) {
  constexpr int kThreads = 100'000;
  model::Still still = sleeping_threads(kThreads);
  for (std::size_t i = 0; i + 1 < still.threads.size(); ++i) {
    wait_for_threads(still, i, {i + 1});
  }
  const WaitGraph graph(still);
  const auto waiting = graph.waiting_for(kThreads - 1);
  ASSERT_EQ(waiting.size(), still.threads.size() - 1);
  EXPECT_TRUE(std::ranges::is_sorted(waiting, std::ranges::greater{}));
  EXPECT_TRUE(graph.cycles().empty());
}

}  // namespace
}  // namespace stillframe::diagnose
