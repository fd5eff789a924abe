#include <gtest/gtest.h>

#include "diagnose/list.h"
#include "diagnose/resource_titles.h"
#include "diagnose/stills.h"

namespace stillframe::diagnose {
namespace {

using model::ResourceKind;
using model::Severity;

// Thread 100 of process 100 waits for a lock of multiprocessing.
model::Still one_waits(std::vector<model::Holder> holders, std::string call = "Lock.acquire") {
  model::Still still;
  still.source.pid = 100;
  still.threads = {sleeping_thread(100, "MainThread", 10)};
  wait_without_end(still.threads[0]);
  wait_for(still, 0, {.kind = ResourceKind::process_lock, .name = "lock", .holders = std::move(holders)});
  still.threads[0].wants->call = std::move(call);
  return still;
}

// Process 200, whose thread is at /srv/app.py:20 in a futex, with a limit of time or without one.
void add_other(model::Still& still, std::uint64_t timeout = 0) {
  model::OtherThread other{.process = {.pid = 200, .name = "worker.py", .state = model::OsState::sleeping},
                           .thread = sleeping_thread(200, "MainThread", 20)};
  other.thread.system_call = model::SystemCall{.name = "futex", .arguments = {0x1000, 0, 0, timeout, 0, 0}};
  still.others.push_back(std::move(other));
}

model::Holder other_holder() {
  return {.certain = true, .how = "its count says so", .other = 0};
}

TEST(ProcessLocks, AHolderInAnotherProcess) {
  model::Still still = one_waits({other_holder()});
  add_other(still);
  const Findings findings = found_by(find_process_locks, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "lock-held");
  EXPECT_EQ(findings[0].severity, Severity::note);
  EXPECT_EQ(findings[0].title,
            "Thread 100 \"MainThread\" (/srv/app.py:10 in work) waits for multiprocessing lock `lock` that process 200 "
            "worker.py holds");
  EXPECT_EQ(findings[0].evidence[1], "it is at /srv/app.py:20 in work, process sleeping");
  name_resources(still);
  EXPECT_EQ(still.threads[0].waiting_on->text, "waits for multiprocessing lock `lock` (held by process 200 worker.py)");
  still.others[0].process.state = model::OsState::stopped;
  EXPECT_EQ(found_by(find_process_locks, still)[0].severity, Severity::likely);
}

TEST(ProcessLocks, WhoReadsAQueueHasItsLockAndThatIsNoTrouble) {
  model::Still still = one_waits({other_holder()}, "Queue.get");
  add_other(still);
  EXPECT_TRUE(found_by(find_process_locks, still).empty());
}

TEST(ProcessLocks, AHolderThatIsGone) {
  model::Still still = one_waits({{.how = "none of the 3 processes that have it holds it"}}, "Queue.get");
  const Findings findings = found_by(find_process_locks, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "lock-abandoned");
  EXPECT_EQ(findings[0].severity, Severity::likely);
  EXPECT_FALSE(findings[0].detail.empty());
  EXPECT_EQ(findings[0].evidence[0], "the lock is taken, and none of the 3 processes that have it holds it");
  EXPECT_TRUE(found_by(find_abandoned_locks, still).empty());
}

TEST(ProcessLocks, NothingWhereNobodyIsKnown) {
  EXPECT_TRUE(found_by(find_process_locks, one_waits({})).empty());
  // A thread of our own is told by others.
  EXPECT_TRUE(found_by(find_process_locks, one_waits({{.tid = 100, .certain = true}})).empty());
  // Of a place that is none nothing is said.
  EXPECT_TRUE(found_by(find_process_locks, one_waits({other_holder()})).empty());
}

TEST(ProcessLocks, ACircleOfTwoProcesses) {
  model::Still still = one_waits({other_holder()});
  add_other(still);
  still.resources.push_back({.kind = ResourceKind::process_lock,
                             .name = "second",
                             .holders = {{.tid = 100, .certain = true, .how = "its own count says so"}}});
  still.others[0].thread.wants = model::ResourceWait{.resource = 1, .call = "Lock.acquire"};
  const Findings findings = found_by(find_process_locks, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "lock-cycle");
  EXPECT_EQ(findings[0].severity, Severity::certain);
  EXPECT_EQ(findings[0].title,
            "Deadlock: processes 100 (this one) at /srv/app.py:10 in work and 200 worker.py at /srv/app.py:20 in work "
            "wait for one another");
  EXPECT_EQ(findings[0].evidence.size(), 2U);
  EXPECT_EQ(findings[0].tids, (std::vector<std::int64_t>{100}));

  still.others[0].thread.system_call->arguments[3] = 0x2000;  // it gives up after some time
  EXPECT_EQ(found_by(find_process_locks, still)[0].severity, Severity::likely);
  still.resources[1].holders[0].tid = 101;  // a thread that is not there
  EXPECT_EQ(found_by(find_process_locks, still)[0].id, "lock-held");
}

TEST(ProcessLocks, ACircleThatThisProcessOnlyWaitsFor) {
  model::Still still = one_waits({other_holder()});
  add_other(still);
  add_other(still);
  still.others[1].process.pid = 300;
  still.resources.push_back({.kind = ResourceKind::process_lock, .holders = {{.certain = true, .other = 1}}});
  still.resources.push_back({.kind = ResourceKind::process_lock, .holders = {{.certain = true, .other = 0}}});
  still.others[0].thread.wants = model::ResourceWait{.resource = 1};
  still.others[1].thread.wants = model::ResourceWait{.resource = 2};
  const Findings findings = found_by(find_process_locks, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "lock-held");
}

TEST(ForkLock, NotWhatProcessesShare) {
  model::Still still = one_waits({});
  still.forked_from = model::OtherProcess{.pid = 50};
  EXPECT_TRUE(found_by(find_fork_lock, still).empty());
  still.resources[0] = {.kind = ResourceKind::condition, .type = "multiprocessing.synchronize.Condition"};
  EXPECT_TRUE(found_by(find_fork_lock, still).empty());
  still.resources[0] = {.kind = ResourceKind::lock, .type = "_thread.lock"};
  EXPECT_EQ(found_by(find_fork_lock, still).size(), 1U);
}

}  // namespace
}  // namespace stillframe::diagnose
