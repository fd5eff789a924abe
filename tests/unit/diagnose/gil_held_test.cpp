#include <gtest/gtest.h>

#include "diagnose/list.h"
#include "diagnose/stills.h"

namespace stillframe::diagnose {
namespace {

using model::ResourceKind;
using model::Severity;

model::Still two_threads() {
  model::Still still;
  still.threads = {sleeping_thread(100, "main", 10), sleeping_thread(101, "driver", 20)};
  still.threads[0].waits_for_gil = true;
  still.threads[1].holds_gil = true;
  sleep_in(still.threads[1], "pause", "waits for a signal");
  return still;
}

TEST(GilHeld, ByAThreadThatSleeps) {
  model::Still still = two_threads();
  still.threads[1].frames.push_back(native_frame("poll_device", "/srv/driver.so"));
  still.threads[1].frames.push_back(native_frame("pause", "/lib/libc.so.6"));
  const Findings findings = found_by(find_gil_held, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "gil-held");
  EXPECT_EQ(findings[0].severity, Severity::certain);
  EXPECT_EQ(findings[0].title,
            "Thread 101 \"driver\" holds the GIL while it sleeps at /srv/app.py:20 in work: 1 other thread cannot run");
  EXPECT_EQ(findings[0].evidence[1], "the code that sleeps: poll_device in driver.so");
  EXPECT_EQ(findings[0].tids, (std::vector<std::int64_t>{101, 100}));
}

TEST(GilHeld, ByAThreadThatWaitsForAPage) {
  model::Still still = two_threads();
  still.threads[1].os_state = model::OsState::uninterruptible;
  still.threads[1].waiting_on = model::WaitingOn{.text = "waits outside of any system call"};
  Findings findings = found_by(find_gil_held, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::note) << "a disk gives it in a moment";
  EXPECT_EQ(
      findings[0].title,
      "Thread 101 \"driver\" holds the GIL while it waits for a page of memory at /srv/app.py:20 in work: 1 other "
      "thread cannot run");
  still.threads[1].waiting_on->files = {
      {.fd = -1, .path = "/far/data", .server = "nfs4 host:/export, mounted at /far", .server_answers = true}};
  EXPECT_EQ(found_by(find_gil_held, still)[0].severity, Severity::note);
  still.threads[1].waiting_on->files[0].server_answers = false;
  findings = found_by(find_gil_held, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::certain);
  EXPECT_TRUE(findings[0].advice[0].starts_with("read() lets go of the GIL")) << findings[0].advice[0];
}

TEST(GilHeld, NotByAThreadThatRunsOrWhereNobodyWaits) {
  model::Still still = two_threads();
  still.threads[1].waiting_on.reset();
  EXPECT_TRUE(found_by(find_gil_held, still).empty());
  still = two_threads();
  still.threads[0].waits_for_gil = false;
  EXPECT_TRUE(found_by(find_gil_held, still).empty());
  still = two_threads();
  still.threads[0].interpreter = 1;  // it waits for the GIL of its own interpreter
  EXPECT_TRUE(found_by(find_gil_held, still).empty());
}

TEST(GilHeld, IsLeftToTheCircleThatItIsPartOf) {
  model::Still still = two_threads();
  wait_for(still, 0, {.kind = ResourceKind::gil, .holders = {{.tid = 101, .certain = true}}});
  wait_for(still, 1, {.kind = ResourceKind::mutex, .holders = {{.tid = 100, .certain = true}}});
  EXPECT_TRUE(found_by(find_gil_held, still).empty());
}

}  // namespace
}  // namespace stillframe::diagnose
