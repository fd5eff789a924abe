#include "waits/family.h"

#include <gtest/gtest.h>

#include "waits/fake_surroundings.h"

namespace stillframe::waits {
namespace {

using target::PipeSleep;
using testing::FakeSurroundings;
using testing::World;

constexpr std::int64_t kOwn = 100;
const PipeSleep kWriter{.tid = 200, .fd = 1, .writes = true, .link = "pipe:[7]", .run_count = 5};

World world() {
  World made;
  made.descendants = {{.pid = 200, .name = "cat", .state = model::OsState::sleeping, .parent = kOwn}};
  made.pipe_sleeps[200] = {kWriter};
  made.holders = {{.link = "pipe:[7]", .pid = kOwn, .reads = true},
                  {.link = "pipe:[7]", .pid = 200, .writes = true},
                  {.link = "pipe:[8]", .pid = 300, .reads = true}};
  return made;
}

TEST(Family, TellsWhoHasTheOtherEnds) {
  World of = world();
  FakeSurroundings surroundings(of);
  const auto family = Family(surroundings, kOwn).finish({});
  ASSERT_EQ(family.size(), 1U);
  EXPECT_EQ(family[0].process.name, "cat");
  EXPECT_EQ(family[0].parent, kOwn);
  ASSERT_EQ(family[0].waits.size(), 1U);
  ASSERT_EQ(family[0].waits[0].other_end.size(), 1U);
  EXPECT_EQ(family[0].waits[0].other_end[0].pid, kOwn);
  EXPECT_TRUE(family[0].waits[0].ours);
  EXPECT_FALSE(family[0].waits[0].attended);
}

TEST(Family, SomebodyIsAtTheOtherEnd) {
  World of = world();
  FakeSurroundings surroundings(of);
  EXPECT_TRUE(Family(surroundings, kOwn).finish({{.link = "pipe:[7]", .reads = true}})[0].waits[0].attended);
  EXPECT_FALSE(Family(surroundings, kOwn).finish({{.link = "pipe:[7]", .reads = false}})[0].waits[0].attended);
  EXPECT_FALSE(Family(surroundings, kOwn).finish({{.link = "pipe:[8]", .reads = true}})[0].waits[0].attended);
}

TEST(Family, WhatHasMovedMeanwhileIsLeftOut) {
  World of = world();
  FakeSurroundings surroundings(of);
  Family family(surroundings, kOwn);
  of.pipe_sleeps[200][0].run_count = 6;  // in the same call, but once more
  const auto finished = family.finish({});
  ASSERT_EQ(finished.size(), 1U);
  EXPECT_TRUE(finished[0].waits.empty());
  EXPECT_EQ(of.searches, 0U) << "nobody needs to be looked for";
}

}  // namespace
}  // namespace stillframe::waits
