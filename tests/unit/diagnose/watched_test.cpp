#include "diagnose/watched.h"

#include <gtest/gtest.h>

#include "diagnose/stills.h"

namespace stillframe::diagnose {
namespace {

using model::Severity;

constexpr std::size_t kLooks = 10;

Findings watched(WatchAnalysis analysis, const std::vector<model::Still>& stills) {
  Findings findings;
  analysis(stills, findings);
  return findings;
}

// Thread 100 runs in spin(), at one of three lines.
std::vector<model::Still> spinning() {
  std::vector<model::Still> stills(kLooks);
  for (std::size_t i = 0; i < kLooks; ++i) {
    model::Thread thread = sleeping_thread(100, "main", 3);
    thread.os_state = model::OsState::running;
    thread.frames.push_back(python_frame("/srv/app.py", 12 + static_cast<int>(i % 3), "spin"));
    if (i % 2 == 0) {
      thread.frames.push_back(python_frame("/srv/app.py", 40, "done"));
    }
    stills[i].threads = {std::move(thread)};
  }
  return stills;
}

TEST(BusyThreads, RunInOneCallAllTheTime) {
  const Findings findings = watched(find_busy_threads, spinning());
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "busy-loop");
  EXPECT_EQ(findings[0].severity, Severity::note);
  EXPECT_EQ(findings[0].title, "Thread 100 \"main\" runs all the time in spin, lines 12-14 of /srv/app.py");
}

TEST(BusyThreads, NotWhoSleptOnce) {
  auto stills = spinning();
  stills[4].threads[0].os_state = model::OsState::sleeping;
  EXPECT_TRUE(watched(find_busy_threads, stills).empty());
  stills = spinning();
  stills[4].threads[0].system_call = model::SystemCall{.number = 0, .name = "read"};
  EXPECT_TRUE(watched(find_busy_threads, stills).empty());
  stills = spinning();
  stills[0].threads.clear();
  EXPECT_TRUE(watched(find_busy_threads, stills).empty()) << "it was not there yet";
}

// Threads 100, 101 and 102; one of them holds the GIL, the others wait for it.
std::vector<model::Still> queueing(std::size_t crowded) {
  std::vector<model::Still> stills(kLooks);
  for (std::size_t i = 0; i < kLooks; ++i) {
    for (int n = 0; n < 3; ++n) {
      stills[i].threads.push_back(sleeping_thread(100 + n, "t" + std::to_string(n), 10 + n));
      const bool holds = n == (i < 6 ? 1 : 2);
      stills[i].threads.back().holds_gil = holds;
      stills[i].threads.back().waits_for_gil = !holds && i < crowded;
    }
  }
  return stills;
}

TEST(GilConvoy, TellsWhoHeldItHowOften) {
  const Findings findings = watched(find_gil_convoy, queueing(9));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "gil-convoy");
  EXPECT_EQ(findings[0].severity, Severity::likely);
  EXPECT_EQ(findings[0].title,
            "Threads queue for the GIL: two or more in 9 of 10 looks; thread 101 \"t1\" held it most often, in 6");
  EXPECT_EQ(findings[0].tids, (std::vector<std::int64_t>{101, 102}));
}

TEST(GilConvoy, NotWhereTheyMeetNowAndThen) {
  EXPECT_TRUE(watched(find_gil_convoy, queueing(6)).empty());
  EXPECT_TRUE(watched(find_gil_convoy, std::vector<model::Still>(kLooks)).empty());
}

// Thread 100 waits for a lock, which 101 and 102 hold in turn.
std::vector<model::Still> starving() {
  std::vector<model::Still> stills(kLooks);
  for (std::size_t i = 0; i < kLooks; ++i) {
    stills[i].threads = {sleeping_thread(100, "waits", 10), sleeping_thread(101, "a", 20),
                         sleeping_thread(102, "b", 20)};
    wait_for(stills[i], 0,
             {.kind = model::ResourceKind::lock,
              .address = 0x5000,
              .name = "lock",
              .holders = {{.tid = 101 + static_cast<std::int64_t>(i % 2)}}});
  }
  return stills;
}

TEST(StarvedThreads, WaitWhileOthersTakeTurns) {
  const Findings findings = watched(find_starved_threads, starving());
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "starved");
  EXPECT_EQ(findings[0].title,
            "Thread 100 \"waits\" waited for lock `lock` in all 10 looks, while 2 other threads had it in turn");
}

TEST(StarvedThreads, NotWhoGotItOnceOrWaitsForOneHolder) {
  auto stills = starving();
  stills[5].threads[0].wants.reset();
  EXPECT_TRUE(watched(find_starved_threads, stills).empty());
  stills = starving();
  for (model::Still& still : stills) {
    still.resources[0].holders = {{.tid = 101}};
  }
  EXPECT_TRUE(watched(find_starved_threads, stills).empty());
}

TEST(Watched, AddsToTheLastStillInOrder) {
  auto stills = spinning();
  stills.back().findings = {{.id = "a", .severity = Severity::note}};
  add_watched_findings(stills);
  EXPECT_EQ(stills.back().findings.size(), 2U);
  EXPECT_TRUE(stills.front().findings.empty());
  auto alone = spinning();
  alone.resize(1);
  add_watched_findings(alone);
  EXPECT_TRUE(alone.back().findings.empty()) << "one still shows no time";
}

}  // namespace
}  // namespace stillframe::diagnose
