// Findings about tasks and their loops.
#include "model/tasks.h"

#include <gtest/gtest.h>

#include "diagnose/list.h"
#include "diagnose/stills.h"

namespace stillframe::diagnose {
namespace {

using model::Severity;

// Tasks t0, t1, … of one loop that thread 100 runs; task i stands at /srv/app.py:10+i.
model::Still with_tasks(std::uint32_t count) {
  model::Still still;
  still.threads.push_back(sleeping_thread(100, "MainThread", 1));
  still.tasks = std::make_shared<model::Tasks>();
  still.tasks->loops.push_back({.address = 0x1000, .tid = 100, .thread = 0, .doing = model::LoopDoing::waits});
  for (std::uint32_t i = 0; i < count; ++i) {
    still.tasks->places.push_back(python_frame("/srv/app.py", 10 + static_cast<int>(i), "work"));
    still.tasks->tasks.push_back({.address = 0x2000 + i, .name = "t" + std::to_string(i), .loop = 0, .frames = {i}});
  }
  return still;
}

void awaits(model::Still& still, std::uint32_t one, std::uint32_t other) {
  still.tasks->tasks[one].awaits.push_back(other);
  still.tasks->tasks[one].waits_for = {.kind = model::WaitKind::tasks, .text = "awaits"};
  still.tasks->tasks[other].awaited_by.push_back(one);
}

TEST(TaskCycleFindings, TasksThatAwaitEachOther) {
  model::Still still = with_tasks(3);
  awaits(still, 0, 1);
  awaits(still, 1, 0);
  awaits(still, 2, 0);
  const Findings findings = found_by(find_task_cycles, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "await-cycle");
  EXPECT_EQ(findings[0].severity, Severity::certain);
  EXPECT_EQ(findings[0].title,
            "Deadlock: tasks t0 (/srv/app.py:10 in work) and t1 (/srv/app.py:11 in work) wait for one another");
  EXPECT_EQ(findings[0].tids, std::vector<std::int64_t>{100});
}

TEST(TaskCycleFindings, WhatMayYetGoOnIsLikely) {
  model::Still still = with_tasks(3);
  awaits(still, 0, 1);
  awaits(still, 1, 0);
  still.tasks->tasks[1].timeout_left = 3;
  EXPECT_EQ(found_by(find_task_cycles, still)[0].severity, Severity::likely);
  still.tasks->tasks[1].timeout_left.reset();
  awaits(still, 1, 2);
  const Findings findings = found_by(find_task_cycles, still);
  EXPECT_EQ(findings[0].severity, Severity::likely);
  EXPECT_FALSE(findings[0].detail.empty());
}

TEST(TaskCycleFindings, ALockThatItHoldsItself) {
  model::Still still = with_tasks(1);
  still.tasks->tasks[0].waits_for = {.kind = model::WaitKind::lock, .text = "waits for the lock", .holders = {0}};
  const Findings findings = found_by(find_task_cycles, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::likely);
  EXPECT_EQ(findings[0].title,
            "Deadlock: task t0 (/srv/app.py:10 in work) waits for an asyncio.Lock that it holds itself");
}

TEST(TaskCycleFindings, LocksThatNameTheirHolders) {
  model::Still still = with_tasks(2);
  still.tasks->loops[0].scheduler = model::Scheduler::trio;
  for (const std::uint32_t task : {0U, 1U}) {
    still.tasks->tasks[task].waits_for = {
        .kind = model::WaitKind::lock, .text = "waits for the lock", .holders = {1 - task}, .holders_proven = true};
  }
  Findings findings = found_by(find_task_cycles, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::certain);
  EXPECT_TRUE(findings[0].detail.empty());
  still.tasks->tasks[1].cancelling = true;
  findings = found_by(find_task_cycles, still);
  EXPECT_EQ(findings[0].severity, Severity::likely);
  EXPECT_EQ(findings[0].detail, "one of them waits for other tasks as well, or has a timeout, and may yet go on");
}

TEST(TaskCycleFindings, ASemaphoreThatItHoldsItself) {
  model::Still still = with_tasks(2);
  still.tasks->tasks[0].waits_for = {
      .kind = model::WaitKind::semaphore, .text = "waits for the semaphore", .holders = {0}};
  const Findings findings = found_by(find_task_cycles, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::likely);
  EXPECT_EQ(findings[0].title,
            "Deadlock: task t0 (/srv/app.py:10 in work) waits for an asyncio.Semaphore that it holds itself");
  still.tasks->tasks[0].waits_for.holders = {0, 1};  // the other one may let go
  EXPECT_TRUE(found_by(find_task_cycles, still).empty());
}

TEST(TaskCycleFindings, ASemaphoreThatNamesItsHolderMayBeReleasedByOthers) {
  model::Still still = with_tasks(1);
  still.tasks->tasks[0].waits_for = {
      .kind = model::WaitKind::semaphore, .type = "anyio.CapacityLimiter", .holders = {0}, .holders_proven = true};
  const Findings findings = found_by(find_task_cycles, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::likely);
  EXPECT_EQ(findings[0].title,
            "Deadlock: task t0 (/srv/app.py:10 in work) waits for an anyio.CapacityLimiter that it holds itself");
  EXPECT_EQ(findings[0].detail, "a task that is not in the circle may release the semaphore");
}

TEST(TaskCycleFindings, TasksOfOneNameAreToldByTheirNumbers) {
  model::Still still = with_tasks(1);
  still.tasks->loops[0].scheduler = model::Scheduler::curio;
  still.tasks->tasks[0].number = 7;
  still.tasks->tasks[0].waits_for = {.kind = model::WaitKind::lock, .holders = {0}};
  const Findings findings = found_by(find_task_cycles, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].title,
            "Deadlock: task t0 #7 (/srv/app.py:10 in work) waits for a curio.Lock that it holds itself");
}

TEST(TaskCycleFindings, TimeoutsOfGeventAreNotSeen) {
  model::Still still = with_tasks(2);
  still.tasks->loops[0].scheduler = model::Scheduler::gevent;
  awaits(still, 0, 1);
  awaits(still, 1, 0);
  const Findings findings = found_by(find_task_cycles, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::likely);
  EXPECT_EQ(findings[0].detail, "a timeout of gevent, which leaves nothing to see, may end the wait of one of them");
}

TEST(TaskCycleFindings, NothingInAHealthyProgram) {
  model::Still still = with_tasks(3);
  awaits(still, 0, 1);
  awaits(still, 0, 2);
  EXPECT_TRUE(found_by(find_task_cycles, still).empty());
  EXPECT_TRUE(found_by(find_task_cycles, model::Still{}).empty());
  EXPECT_TRUE(found_by(find_blocked_loops, model::Still{}).empty());
}

// A loop that runs t0 while its thread waits and others are ready.
model::Still blocked() {
  model::Still still = with_tasks(2);
  model::TaskLoop& loop = still.tasks->loops[0];
  loop.doing = model::LoopDoing::runs;
  loop.running_task = 0;
  loop.callback = {0};
  loop.ready = 3;
  still.threads[0].waiting_on = model::WaitingOn{.syscall = "clock_nanosleep", .text = "sleeps", .seconds_left = 10};
  return still;
}

TEST(BlockedLoops, ATaskThatSleeps) {
  const Findings findings = found_by(find_blocked_loops, blocked());
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "loop-blocked");
  EXPECT_EQ(findings[0].severity, Severity::certain);
  EXPECT_EQ(findings[0].title,
            "The event loop of thread 100 \"MainThread\" is held up by task t0 at /srv/app.py:10 in work");
  EXPECT_EQ(findings[0].evidence, (std::vector<std::string>{"its thread sleeps", "3 callbacks wait for their turn"}));
}

TEST(BlockedLoops, WhatRunsMayHaveNoName) {
  model::Still still = blocked();
  still.tasks->loops[0].running_task.reset();
  EXPECT_EQ(found_by(find_blocked_loops, still)[0].title,
            "The event loop of thread 100 \"MainThread\" is held up by a callback at /srv/app.py:10 in work");
  still.tasks->loops[0].scheduler = model::Scheduler::curio;  // has nothing but tasks
  EXPECT_EQ(found_by(find_blocked_loops, still)[0].title,
            "The event loop of thread 100 \"MainThread\" is held up by a task at /srv/app.py:10 in work");
}

TEST(BlockedLoops, ALoopThatDoesNotShowItsCallbacks) {
  model::Still still = blocked();
  still.tasks->loops[0].ready.reset();
  EXPECT_TRUE(found_by(find_blocked_loops, still).empty());
  still.tasks->tasks[1].state = model::TaskState::ready;
  const Findings findings = found_by(find_blocked_loops, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].evidence, (std::vector<std::string>{"its thread sleeps", "1 task waits for its turn"}));
}

TEST(BlockedLoops, ByTheDiskIsLikely) {
  model::Still still = blocked();
  still.threads[0].waiting_on = model::WaitingOn{.syscall = "fsync", .text = "waits until file 3 is written to disk"};
  const Findings findings = found_by(find_blocked_loops, still);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::likely);
  EXPECT_FALSE(findings[0].detail.empty());
  still.threads[0].waiting_on = model::WaitingOn{
      .syscall = "read", .text = "reads from pipe 3", .files = {{.fd = 3, .kind = model::FileKind::pipe}}};
  EXPECT_EQ(found_by(find_blocked_loops, still)[0].severity, Severity::certain);
}

TEST(BlockedLoops, NobodyWaitsOrItIsSoonOver) {
  model::Still still = blocked();
  still.tasks->loops[0].ready = 0;
  EXPECT_TRUE(found_by(find_blocked_loops, still).empty());
  still = blocked();
  still.threads[0].waiting_on->seconds_left = 0.01;
  EXPECT_TRUE(found_by(find_blocked_loops, still).empty());
  still = blocked();
  still.threads[0].waits_for_gil = true;
  EXPECT_TRUE(found_by(find_blocked_loops, still).empty());
  still = blocked();
  still.threads[0].waiting_on.reset();  // it runs
  EXPECT_TRUE(found_by(find_blocked_loops, still).empty());
}

TEST(BlockedLoops, TimersThatAreLateProveItAlsoOfOneThatComputes) {
  model::Still still = blocked();
  still.threads[0].waiting_on.reset();
  still.tasks->loops[0].overdue = 4.2;
  EXPECT_EQ(found_by(find_blocked_loops, still).size(), 1U);
  still.tasks->loops[0].doing = model::LoopDoing::waits;
  EXPECT_TRUE(found_by(find_blocked_loops, still).empty());
}

}  // namespace
}  // namespace stillframe::diagnose
