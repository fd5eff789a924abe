#include "render/why.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "render/golden.h"
#include "render/stills.h"

namespace stillframe::render {
namespace {

using testing::expect_screen;
using testing::live_still;

model::WaitChain chain(std::vector<model::ChainLink> links) {
  return {.links = std::move(links)};
}

model::Still with_chains() {
  model::Still still = live_still();
  model::WaitChain main = chain({{.who = "thread 4211 \"MainThread\"",
                                  .what = "waits for lock `a`",
                                  .where = "/srv/app.py:14 in report",
                                  .ended_by = "thread 4212 \"b\", which holds it",
                                  .waited = 12.0},
                                 {.who = "thread 4212 \"b\"",
                                  .what = "waits in recv on TCP 10.0.0.3:51234 -> 10.0.0.9:5432 (established)",
                                  .where = "urllib3/connection.py:638 in connect, called from /srv/app.py:20 in fetch",
                                  .ended_by = "the other end, 10.0.0.9:5432",
                                  .waited = 190.0}});
  model::WaitChain loop = chain({{.who = "thread 4213 \"loop\"",
                                  .what = "runs the event loop of asyncio, which waits for its 2 tasks",
                                  .where = "/srv/app.py:40 in serve",
                                  .limited = true}});
  loop.branches = {chain(
      {{.who = "task second", .what = "sleeps, 3 s left", .where = "/srv/app.py:50 in second", .limited = true}})};
  model::WaitChain idle = chain({{.who = "thread 4214 \"pool_0\"",
                                  .what = "waits for an item of queue `work_queue`",
                                  .where = "concurrent/futures/thread.py:81 in _worker",
                                  .ended_by = "whoever has work for it: a worker with nothing to do waits like this",
                                  .waited = 3.0}});
  idle.idle = true;
  idle.count = 1500;
  still.chains = {main, loop, idle};
  return still;
}

TEST(WhyToText, WhereNothingIsFoundTheChainsStand) {
  expect_screen("why_quiet", why_to_text(with_chains(), {}));
}

TEST(WhyToText, OfAProgramThatRunsItIsSaidWhatItDoes) {
  model::Still still = live_still();
  still.chains = {
      chain({{.who = "thread 4211 \"MainThread\"", .what = "runs", .where = "/srv/app.py:3 in work", .waits = false}})};
  const std::string screen = why_to_text(still, {});
  EXPECT_TRUE(
      screen.contains("No cause found. What it does:\n  thread 4211 \"MainThread\" at /srv/app.py:3 in work: runs\n"));
}

TEST(WhyToText, VeryManyDifferentChainsAreCounted) {
  model::Still still = live_still();
  for (int i = 0; i < 25; ++i) {
    still.chains.push_back(chain({{.who = "thread " + std::to_string(i), .what = "waits"}}));
  }
  EXPECT_TRUE(why_to_text(still, {}).contains("and 5 more chains"));
}

TEST(WhyToText, NotesStandAboveTheChains) {
  model::Still still = with_chains();
  still.findings.push_back({.severity = model::Severity::note, .title = "the program waits for its standard input"});
  const std::string screen = why_to_text(still, {});
  EXPECT_LT(screen.find("note: the program waits"), screen.find("No cause found."));
}

TEST(WhyToText, AFindingIsAllThatIsShown) {
  model::Still still = with_chains();
  still.findings.push_back({.severity = model::Severity::likely, .title = "Deadlock"});
  const std::string screen = why_to_text(still, {});
  EXPECT_TRUE(screen.contains("likely: Deadlock"));
  EXPECT_FALSE(screen.contains("No cause found."));
}

}  // namespace
}  // namespace stillframe::render
