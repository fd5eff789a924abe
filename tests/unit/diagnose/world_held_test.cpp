#include <gtest/gtest.h>

#include "diagnose/list.h"
#include "diagnose/stills.h"

namespace stillframe::diagnose {
namespace {

using model::ResourceKind;
using model::Severity;

// The first thread waits until all stand still, the second one sleeps attached, the third one stands.
model::Still world() {
  model::Still still;
  still.threads = {sleeping_thread(100, "main", 10), sleeping_thread(101, "driver", 20),
                   sleeping_thread(102, "counter", 30)};
  wait_for(still, 0, {.kind = ResourceKind::standstill, .holders = {{.tid = 101, .certain = true}}});
  wait_for(still, 2, {.kind = ResourceKind::stop_the_world, .holders = {{.tid = 100, .certain = true}}});
  sleep_in(still.threads[1], "pause", "waits for a signal");
  return still;
}

TEST(WorldHeld, ByAThreadThatSleeps) {
  model::Still still = world();
  still.threads[1].frames.push_back(native_frame("poll_device", "/srv/driver.so"));
  const Findings findings = found_by(find_world_held, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "world-held");
  EXPECT_EQ(findings[0].severity, Severity::certain);
  EXPECT_EQ(
      findings[0].title,
      "Thread 101 \"driver\" sleeps at /srv/app.py:20 in work and cannot be stopped by Python: 2 other threads have to "
      "wait for that");
  ASSERT_EQ(findings[0].evidence.size(), 4U);
  EXPECT_EQ(findings[0].evidence[1], "the code that sleeps: poll_device in driver.so");
  EXPECT_EQ(findings[0].evidence[3], "thread 102 \"counter\" waits for the end of that at /srv/app.py:30 in work");
  EXPECT_EQ(findings[0].tids, (std::vector<std::int64_t>{101, 100, 102}));
  still.threads.pop_back();
  EXPECT_TRUE(found_by(find_world_held, still)[0].title.ends_with("1 other thread has to wait for that"));
}

TEST(WorldHeld, NotByAThreadThatRuns) {
  model::Still still = world();
  still.threads[1].waiting_on.reset();
  EXPECT_TRUE(found_by(find_world_held, still).empty());
}

TEST(WorldHeld, IsLeftToTheCircleThatItIsPartOf) {
  model::Still still = world();
  wait_without_end(still.threads[0]);
  still.threads[0].waiting_on->timeout = 0.001;  // it looks again and again
  wait_without_end(still.threads[1]);
  wait_for(still, 1, {.kind = ResourceKind::mutex, .holders = {{.tid = 102, .certain = true}}});
  EXPECT_TRUE(found_by(find_world_held, still).empty());
  const Findings cycles = found_by(find_lock_cycles, still);
  ASSERT_EQ(cycles.size(), 1U);
  EXPECT_EQ(cycles[0].severity, Severity::certain);
}

}  // namespace
}  // namespace stillframe::diagnose
