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

// Thread 101 has the lock and waits for an item; thread 100 waits for the lock at the same line.
model::Still taking_turns() {
  model::Still still = sleeping_threads(2);
  still.threads[0].frames = {python_frame("/srv/app.py", 7, "worker")};
  still.threads[1].frames = {python_frame("/srv/app.py", 8, "worker")};
  model::Resource lock{.kind = ResourceKind::lock, .name = "turn"};
  lock.holders = {{.tid = 101, .how = "it is inside the `with` block", .frame = 0, .line = 7, .begins_turn = true}};
  wait_for(still, 0, lock);
  waits_in(still, 0, "futex", "waits for lock");
  waits_in(still, 1, "recvfrom", "receives from TCP socket 5");
  return still;
}

TEST(BlockingHolders, WorkersThatTakeTurnsAreANote) {
  model::Still still = taking_turns();
  ASSERT_EQ(found_by(find_blocking_holders, still).size(), 1U);
  EXPECT_EQ(found_by(find_blocking_holders, still)[0].severity, Severity::note);
  still.threads[0].frames[0].line = 30;
  EXPECT_EQ(found_by(find_blocking_holders, still)[0].severity, Severity::likely) << "one that needs it elsewhere";
  still = taking_turns();
  still.resources[0].holders[0].begins_turn = false;
  EXPECT_EQ(found_by(find_blocking_holders, still)[0].severity, Severity::likely) << "it does something before";
}

TEST(BlockingHolders, IsANoteWhereAllWhoWaitGiveUpAfterSomeTime) {
  model::Still still = taking_turns();
  still.resources[0].holders[0].begins_turn = false;
  still.threads[0].waiting_on->timeout = 5;
  EXPECT_EQ(found_by(find_blocking_holders, still)[0].severity, Severity::note);
}

TEST(BlockingHolders, IsANoteWhereWorkComesFrom) {
  model::Still still = taking_turns();
  still.resources[0].holders[0].begins_turn = false;
  still.threads[1].waiting_on->files = {{.fd = 5, .kind = model::FileKind::udp}};
  EXPECT_EQ(found_by(find_blocking_holders, still)[0].severity, Severity::note);
  still.threads[1].waiting_on->files[0].peer = "10.0.0.1:53";
  EXPECT_EQ(found_by(find_blocking_holders, still)[0].severity, Severity::likely) << "that one is to answer";
}

TEST(BlockingHolders, SaysThatTheHolderIsConcluded) {
  const Findings findings = found_by(find_blocking_holders, taking_turns());
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_TRUE(findings[0].title.contains("lock `turn`, likely held by thread 101"));
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
  still.resources[0].holders[0].certain = false;
  name_resources(still);
  EXPECT_EQ(still.threads[0].waiting_on->text, "waits for lock `lock` (likely held by 101 \"Worker-1\")");
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
