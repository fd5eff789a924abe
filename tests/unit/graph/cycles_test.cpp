#include "graph/cycles.h"

#include <gtest/gtest.h>

namespace stillframe::graph {
namespace {

using Cycles = std::vector<std::vector<std::uint32_t>>;

TEST(CyclesOf, None) {
  EXPECT_EQ(cycles_of({}), Cycles{});
  EXPECT_EQ(cycles_of({{1, 2}, {3}, {3}, {}}), Cycles{});
}

TEST(CyclesOf, EachOnceFromItsFirstMember) {
  EXPECT_EQ(cycles_of({{1}, {2}, {0}}), (Cycles{{0, 1, 2}}));
  EXPECT_EQ(cycles_of({{}, {3}, {}, {1}, {4}}), (Cycles{{1, 3}, {4}}));
  EXPECT_EQ(cycles_of({{2}, {0}, {1}}), (Cycles{{0, 2, 1}}));
  EXPECT_EQ(cycles_of({{1, 2}, {0}, {0}}), (Cycles{{0, 1}})) << "the other one shares a member with it";
}

TEST(CyclesOf, AChainOfAMillion) {
  Graph graph(1'000'000);
  for (std::uint32_t i = 0; i + 1 < graph.size(); ++i) {
    graph[i].push_back(i + 1);
  }
  EXPECT_EQ(cycles_of(graph), Cycles{});
  graph.back().push_back(0);
  ASSERT_EQ(cycles_of(graph).size(), 1U);
  EXPECT_EQ(cycles_of(graph)[0].size(), graph.size());
}

}  // namespace
}  // namespace stillframe::graph
