#include <gtest/gtest.h>

#include <array>

#include "diagnose/list.h"
#include "diagnose/resource_titles.h"
#include "diagnose/stills.h"

namespace stillframe::diagnose {
namespace {

using model::ResourceKind;
using model::Severity;

model::Resource lock_held_by(std::optional<std::int64_t> tid, bool certain = true) {
  return {.kind = ResourceKind::rlock,
          .name = "lock",
          .holders = {{.tid = tid, .certain = certain, .how = "the lock names its owner"}}};
}

void waits_in(model::Still& still, std::size_t thread, std::string call, std::string text,
              std::optional<double> timeout = std::nullopt) {
  still.threads[thread].waiting_on =
      model::WaitingOn{.syscall = std::move(call), .text = std::move(text), .timeout = timeout};
}

TEST(AbandonedLocks, AnOwnerThatIsNoThreadAnyMore) {
  model::Still still = sleeping_threads(2);
  wait_for(still, 0, lock_held_by(std::nullopt));
  const Findings findings = found_by(find_abandoned_locks, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::certain);
  EXPECT_EQ(
      findings[0].title,
      "Thread 100 \"Worker-0\" (/srv/app.py:10 in work) waits for lock `lock`, whose holder is gone: nobody is left "
      "who could let go of it");
  EXPECT_EQ(findings[0].tids, (std::vector<std::int64_t>{100}));
}

TEST(AbandonedLocks, AreToldAlsoOfAThreadWhoseIdIsNotKnown) {
  model::Still still = sleeping_threads(2);
  still.threads[0].tid.reset();
  wait_for(still, 0, lock_held_by(std::nullopt));
  still.threads[1].wants = still.threads[0].wants;
  const Findings findings = found_by(find_abandoned_locks, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].tids, (std::vector<std::int64_t>{101}));
}

TEST(AbandonedLocks, NotWhereNobodyIsKnownToHoldIt) {
  model::Still still = sleeping_threads(2);
  wait_for(still, 0, {.kind = ResourceKind::lock});
  wait_for(still, 1, lock_held_by(100));
  EXPECT_TRUE(found_by(find_abandoned_locks, still).empty());
  wait_for(still, 1, {.kind = ResourceKind::event, .holders = {{.certain = true}}});  // nobody lets go of an event
  EXPECT_TRUE(found_by(find_abandoned_locks, still).empty());
}

TEST(BlockingHolders, AHolderThatReadsWithoutATimeout) {
  model::Still still = sleeping_threads(3);
  waits_in(still, 1, "recvfrom", "receives from TCP socket 5");
  wait_for(still, 0, lock_held_by(101));
  still.threads[2].wants = still.threads[0].wants;
  const Findings findings = found_by(find_blocking_holders, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "lock-held");
  EXPECT_EQ(findings[0].severity, Severity::likely);
  EXPECT_EQ(
      findings[0].title,
      "2 threads wait for lock `lock`, held by thread 101 \"Worker-1\" (/srv/app.py:11 in work), which receives from "
      "TCP socket 5");
  EXPECT_EQ(findings[0].tids, (std::vector<std::int64_t>{101, 100, 102}));
}

TEST(BlockingHolders, AHolderThatSleepsOrRunsIsANote) {
  model::Still still = sleeping_threads(2);
  wait_for(still, 0, lock_held_by(101));
  waits_in(still, 1, "clock_nanosleep", "sleeps for 3 s");
  ASSERT_EQ(found_by(find_blocking_holders, still).size(), 1U);
  EXPECT_EQ(found_by(find_blocking_holders, still)[0].severity, Severity::note);
  waits_in(still, 1, "poll", "polls", 3.0);
  EXPECT_EQ(found_by(find_blocking_holders, still)[0].severity, Severity::note);
  still.threads[1].waiting_on.reset();
  still.threads[1].os_state = model::OsState::running;
  EXPECT_EQ(found_by(find_blocking_holders, still)[0].severity, Severity::note);
}

TEST(BlockingHolders, WhoWaitsForAnotherThreadIsNotTheOneToBlame) {
  model::Still still = sleeping_threads(3);
  wait_for(still, 0, lock_held_by(101));
  wait_for(still, 1, lock_held_by(102));
  waits_in(still, 1, "futex", "waits on futex");
  waits_in(still, 2, "read", "reads from pipe 3");
  const Findings findings = found_by(find_blocking_holders, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].tids.front(), 102);
}

TEST(BlockingHolders, JoinsAndFuturesAreNoLocks) {
  model::Still still = sleeping_threads(2);
  wait_for(still, 0, {.kind = ResourceKind::thread, .holders = {{.tid = 101, .certain = true}}});
  waits_in(still, 1, "read", "reads from pipe 3");
  EXPECT_TRUE(found_by(find_blocking_holders, still).empty());
}

TEST(NameResources, SaysTheLockAndItsHolderInPlaceOfTheFutex) {
  model::Still still = sleeping_threads(3);
  wait_for(still, 0, lock_held_by(101));
  waits_in(still, 0, "futex", "waits on futex 0x1000");
  wait_for(still, 2, {.kind = ResourceKind::queue, .name = "self.items"});
  waits_in(still, 2, "futex", "waits on futex 0x2000");
  name_resources(still);
  EXPECT_EQ(still.threads[0].waiting_on->text, "waits for lock `lock` (held by 101 \"Worker-1\")");
  EXPECT_EQ(still.threads[2].waiting_on->text, "waits for queue `self.items`");
  EXPECT_FALSE(still.threads[1].waiting_on);
}

TEST(NameResources, SaysWhatOfAQueueItWaitsFor) {
  model::Still still = sleeping_threads(4);
  const std::size_t queue = wait_for(still, 0, {.kind = ResourceKind::queue, .name = "self.items"});
  const std::array calls{"Queue.get", "Queue.put", "JoinableQueue.join", "Queue.other"};
  for (std::size_t i = 0; i < calls.size(); ++i) {
    still.threads[i].wants = model::ResourceWait{.resource = queue, .call = calls[i]};
    waits_in(still, i, "futex", "waits on futex 0x1000");
  }
  name_resources(still);
  EXPECT_EQ(still.threads[0].waiting_on->text, "waits for an item of queue `self.items`");
  EXPECT_EQ(still.threads[1].waiting_on->text, "waits for room in queue `self.items`");
  EXPECT_EQ(still.threads[2].waiting_on->text, "waits until all items are done of queue `self.items`");
  EXPECT_EQ(still.threads[3].waiting_on->text, "waits for queue `self.items`");
}

}  // namespace
}  // namespace stillframe::diagnose
