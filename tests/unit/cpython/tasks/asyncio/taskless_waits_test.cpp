#include "cpython/tasks/asyncio/taskless_waits.h"

#include <gtest/gtest.h>

#include <string>

namespace stillframe::cpython {
namespace {

constexpr const char* kTasks = "/usr/lib/python3.13/asyncio/tasks.py";
constexpr const char* kQueues = "/usr/lib/python3.13/asyncio/queues.py";
constexpr const char* kLocks = "/usr/lib/python3.13/asyncio/locks.py";
constexpr const char* kApp = "/srv/app.py";

using Function = InnermostCall::Function;

TEST(TasklessWaits, WhatTheLoopEnds) {
  const Function sleep{"sleep", kTasks};
  const Function app{"serve", kApp};
  EXPECT_TRUE(never_leads_to_task({.function = &sleep}));
  EXPECT_TRUE(awaits_no_task({.function = &sleep, .caller = &app}));
  const Function own{"sleep", kApp};
  EXPECT_FALSE(never_leads_to_task({.function = &own}));
  EXPECT_FALSE(awaits_no_task({.function = &own}));
}

TEST(TasklessWaits, QueuesAndEventsOfTheProgram) {
  const Function app{"serve", kApp};
  for (const Function& one : {Function{"get", kQueues}, Function{"put", kQueues}, Function{"wait", kLocks}}) {
    EXPECT_TRUE(awaits_no_task({.function = &one, .caller = &app}));
    EXPECT_TRUE(awaits_no_task({.function = &one}));
    EXPECT_FALSE(never_leads_to_task({.function = &one})) << "a condition takes its lock again";
  }
}

// as_completed() waits for tasks by a queue, AnyIO for locks by an event.
TEST(TasklessWaits, QueuesAndEventsOfLibraries) {
  const Function get{"get", kQueues};
  const Function completed{"_wait_for_one", kTasks};
  EXPECT_FALSE(awaits_no_task({.function = &get, .caller = &completed}));
  const Function wait{"wait", kLocks};
  const Function anyio{"wait", "/venv/site-packages/anyio/_backends/_asyncio.py"};
  EXPECT_FALSE(awaits_no_task({.function = &wait, .caller = &anyio}));
}

TEST(TasklessWaits, LocksAndTheProgramsOwn) {
  for (const Function& one :
       {Function{"acquire", kLocks}, Function{"join", kQueues}, Function{"wait_for", kTasks}, Function{"f", kApp}}) {
    EXPECT_FALSE(awaits_no_task({.function = &one})) << one.name;
  }
}

}  // namespace
}  // namespace stillframe::cpython
