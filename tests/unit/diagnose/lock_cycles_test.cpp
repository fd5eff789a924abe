#include <gtest/gtest.h>

#include "diagnose/list.h"
#include "diagnose/stills.h"

namespace stillframe::diagnose {
namespace {

using model::ResourceKind;
using model::Severity;

model::Holder owner(std::int64_t tid) {
  return {.tid = tid, .certain = true, .how = "its owner field"};
}

TEST(LockCycles, TwoThreadsThatWaitForEachOther) {
  model::Still still = sleeping_threads(3);
  wait_for(still, 0, {.kind = ResourceKind::rlock, .name = "a", .holders = {owner(101)}});
  wait_for(still, 1, {.kind = ResourceKind::rlock, .name = "b", .holders = {owner(100)}});
  const Findings findings = found_by(find_lock_cycles, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "lock-cycle");
  EXPECT_EQ(findings[0].severity, Severity::certain);
  EXPECT_EQ(findings[0].tids, (std::vector<std::int64_t>{100, 101}));
  EXPECT_EQ(findings[0].title,
            "Deadlock: threads 100 \"Worker-0\" (/srv/app.py:10 in work) and 101 \"Worker-1\" (/srv/app.py:11 in work) "
            "wait for one another");
  ASSERT_EQ(findings[0].evidence.size(), 2U);
  EXPECT_EQ(findings[0].evidence[0],
            "thread 100 \"Worker-0\" waits for lock `a` at /srv/app.py:10 in work; thread 101 \"Worker-1\" holds it "
            "(its owner field)");
}

TEST(LockCycles, IsLikelyWhereOneHolderIsConcluded) {
  model::Still still = sleeping_threads(2);
  wait_for(still, 0, {.kind = ResourceKind::rlock, .holders = {owner(101)}});
  wait_for(still, 1, {.kind = ResourceKind::lock, .holders = {{.tid = 100, .how = "the with block that it is in"}}});
  const Findings findings = found_by(find_lock_cycles, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::likely);
  EXPECT_FALSE(findings[0].detail.empty());
}

TEST(LockCycles, IsLikelyWhereOneWaitsForALimitedTime) {
  model::Still still = sleeping_threads(2);
  wait_for(still, 0, {.kind = ResourceKind::rlock, .holders = {owner(101)}});
  wait_for(still, 1, {.kind = ResourceKind::rlock, .holders = {owner(100)}});
  still.threads[1].waiting_on = model::WaitingOn{.syscall = "futex", .limited = true};
  const Findings findings = found_by(find_lock_cycles, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::likely);
  EXPECT_EQ(findings[0].detail, "one of them waits for a limited time, and goes on when that is over");
}

TEST(LockCycles, OneThreadThatWaitsForItself) {
  model::Still still = sleeping_threads(1);
  wait_for(still, 0, {.kind = ResourceKind::mutex, .address = 0x1000, .holders = {owner(100)}});
  const Findings findings = found_by(find_lock_cycles, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "self-deadlock");
  EXPECT_EQ(findings[0].title,
            "Deadlock: thread 100 \"Worker-0\" (/srv/app.py:10 in work) waits for mutex 0x1000, which it holds itself");
}

TEST(LockCycles, WhoWaitsBehindACycleIsNoPartOfIt) {
  model::Still still = sleeping_threads(5);
  wait_for(still, 0, {.kind = ResourceKind::rlock, .holders = {owner(101)}});
  wait_for(still, 1, {.kind = ResourceKind::rlock, .holders = {owner(102)}});
  wait_for(still, 2, {.kind = ResourceKind::rlock, .holders = {owner(103)}});
  wait_for(still, 3, {.kind = ResourceKind::rlock, .holders = {owner(101)}});
  wait_for(still, 4, {.kind = ResourceKind::rlock, .holders = {owner(100)}});
  const Findings findings = found_by(find_lock_cycles, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].tids, (std::vector<std::int64_t>{101, 102, 103}));
  EXPECT_EQ(findings[0].evidence.back(), "2 more threads wait for them");
}

TEST(LockCycles, SeveralCycles) {
  model::Still still = sleeping_threads(4);
  wait_for(still, 0, {.kind = ResourceKind::rlock, .holders = {owner(103)}});
  wait_for(still, 3, {.kind = ResourceKind::rlock, .holders = {owner(100)}});
  wait_for(still, 1, {.kind = ResourceKind::rlock, .holders = {owner(102)}});
  wait_for(still, 2, {.kind = ResourceKind::rlock, .holders = {owner(101)}});
  EXPECT_EQ(found_by(find_lock_cycles, still).size(), 2U);
}

TEST(LockCycles, NothingInAHealthyProgram) {
  model::Still still = sleeping_threads(3);
  EXPECT_TRUE(found_by(find_lock_cycles, still).empty());
  wait_for(still, 0, {.kind = ResourceKind::rlock, .holders = {owner(101)}});  // who holds it waits for nothing
  wait_for(still, 2, {.kind = ResourceKind::event});
  EXPECT_TRUE(found_by(find_lock_cycles, still).empty());
}

TEST(LockCycles, HoldersThatAreGoneAndIndexesThatLeadNowhere) {
  model::Still still = sleeping_threads(2);
  wait_for(still, 0, {.kind = ResourceKind::rlock, .holders = {owner(9999)}});
  still.threads[1].wants = model::ResourceWait{.resource = 77, .frame = 12};
  EXPECT_TRUE(found_by(find_lock_cycles, still).empty());
}

}  // namespace
}  // namespace stillframe::diagnose
