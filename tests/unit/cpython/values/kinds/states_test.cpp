// Objects with a state: locks, threads, queues, futures, loggers, processes; sound ones, and such as have lost theirs.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cpython/values/made_instances.h"

namespace stillframe::cpython {
namespace {

using Address = memory::Address;

class EveryLayoutStates : public testing::Instances {
 protected:
  // "… at 0x1234 …" without the address, which differs between layouts.
  std::string shown(Address object) {
    std::string all = text(object);
    for (std::size_t at = all.find(" at 0x"); at != std::string::npos; at = all.find(" at 0x", at + 1)) {
      const std::size_t end = std::min(all.find_first_not_of("0123456789abcdef", at + 6), all.size());
      all.erase(at + 4, end - at - 4);
    }
    return all;
  }
  Address text_object(std::string_view value) { return python.text(value); }
};
SF_EVERY_LAYOUT(EveryLayoutStates);

TEST_P(EveryLayoutStates, WhatThreadsWaitOn) {
  const Address list = python.list({integer(1), integer(2)});
  const Address condition = instance("threading.Condition", {{"_lock", integer(7)}, {"_waiters", list}});
  EXPECT_EQ(shown(condition), "<Condition(7, 2)>");
  EXPECT_EQ(shown(instance("threading.Event", {{"_flag", boolean(true)}, {"_cond", condition}})),
            "<threading.Event at : set waiters=2>");
  EXPECT_EQ(shown(instance("threading._Event", {{"_Event__flag", boolean(false)}})), "<threading._Event at : unset>");
  EXPECT_EQ(shown(instance("threading.Semaphore", {{"_value", integer(3)}})), "<threading.Semaphore at : value=3>");
  EXPECT_EQ(shown(instance("threading.Semaphore", {{"_value", integer(1)}, {"_initial_value", integer(2)}})),
            "<threading.Semaphore at : value=1/2>");
  const auto barrier = [&](std::uint64_t state) {
    return instance("threading.Barrier",
                    {{"_state", integer(state)}, {"_count", integer(1)}, {"_parties", integer(4)}});
  };
  EXPECT_EQ(shown(barrier(0)), "<threading.Barrier at : waiters=1/4>");
  EXPECT_EQ(shown(barrier(1)), "<threading.Barrier at : waiters=0/4>");
  EXPECT_EQ(shown(instance("threading._RLock", {{"_owner", none}, {"_count", integer(0)}})).substr(0, 33),
            "<unlocked threading._RLock object");
}

TEST_P(EveryLayoutStates, WhatThreadsWaitOnWithoutAState) {
  const Address endless = python.list({});
  python.set(endless, layout.var_object.size_field, std::uint64_t{1} << 62U);
  EXPECT_TRUE(is_unreadable(instance("threading.Condition", {{"_lock", integer(7)}, {"_waiters", endless}})));
  EXPECT_TRUE(is_unreadable(instance("threading.Condition", {})));
  EXPECT_TRUE(is_unreadable(instance("threading.Event", {{"_flag", integer(1)}})));
  EXPECT_TRUE(is_unreadable(instance("threading.Event", {{"_flag", 24}})));
  EXPECT_TRUE(is_unreadable(instance("threading.Semaphore", {{"_value", none}})));
  EXPECT_TRUE(is_unreadable(instance("threading.Barrier", {{"_state", integer(0)}})));
  EXPECT_TRUE(is_unreadable(instance("threading._RLock", {{"_owner", none}})));
}

TEST_P(EveryLayoutStates, Threads) {
  const Address started = instance("threading.Event", {{"_flag", boolean(true)}});
  const Address name = text_object("worker");
  EXPECT_EQ(shown(instance("threading.Thread", {{"_name", name}})), "<Thread(worker, initial)>");
  EXPECT_EQ(
      shown(instance("threading.Thread",
                     {{"_name", name}, {"_started", started}, {"_daemonic", boolean(true)}, {"_ident", integer(12)}})),
      "<Thread(worker, started daemon 12)>");
  EXPECT_EQ(
      shown(instance("threading.Thread", {{"_name", name}, {"_started", started}, {"_is_stopped", boolean(true)}})),
      "<Thread(worker, stopped)>");
  EXPECT_TRUE(is_unreadable(instance("threading.Thread", {{"_started", started}})));
  EXPECT_EQ(shown(instance("threading.Thread", {{"_name", 24}})), "<Thread(<unreadable: a name>, initial)>");
}

TEST_P(EveryLayoutStates, Queues) {
  const Address items = python.list({integer(4)});
  EXPECT_EQ(
      shown(instance("queue.Queue", {{"queue", items}, {"maxsize", integer(5)}, {"unfinished_tasks", integer(2)}})),
      "<queue.Queue object at  size=1 maxsize=5 unfinished_tasks=2 queue=[4]>");
  EXPECT_EQ(shown(instance("queue.Queue", {{"queue", items}, {"maxsize", integer(0)}, {"is_shutdown", boolean(true)}})),
            "<queue.Queue object at  size=1 maxsize=0 shutdown queue=[4]>");
  EXPECT_TRUE(is_unreadable(instance("queue.Queue", {{"queue", items}})));
  EXPECT_TRUE(is_unreadable(instance("queue.Queue", {{"queue", integer(1)}, {"maxsize", integer(0)}})));
  EXPECT_EQ(shown(instance("concurrent.futures.thread.ThreadPoolExecutor",
                           {{"_max_workers", integer(8)}, {"_threads", items}, {"_shutdown", boolean(true)}})),
            "<concurrent.futures.thread.ThreadPoolExecutor object at  max_workers=8 threads=1 shutdown>");
  EXPECT_TRUE(is_unreadable(instance("concurrent.futures.thread.ThreadPoolExecutor", {})));
}

TEST_P(EveryLayoutStates, FuturesOfThreads) {
  const auto future = [&](std::string_view state, Address result, Address exception) {
    return instance("concurrent.futures._base.Future",
                    {{"_state", text_object(state)}, {"_result", result}, {"_exception", exception}});
  };
  EXPECT_EQ(shown(future("PENDING", none, none)), "<Future at  state=pending>");
  EXPECT_EQ(shown(future("CANCELLED_AND_NOTIFIED", none, none)), "<Future at  state=cancelled>");
  EXPECT_EQ(shown(future("FINISHED", integer(5), none)), "<Future at  state=finished returned int result=5>");
  EXPECT_EQ(shown(future("FINISHED", none, integer(5))), "<Future at  state=finished raised int exception=5>");
  EXPECT_EQ(shown(future("FINISHED", 24, none)), "<Future at  state=finished>");
  EXPECT_TRUE(is_unreadable(instance("concurrent.futures._base.Future", {{"_state", none}})));
}

TEST_P(EveryLayoutStates, LocksAndQueuesOfAsyncio) {
  const std::string comma = layout.version < PythonVersion{3, 7, 0} ? "," : ", ";
  const Address two = python.list({integer(1), integer(2)});
  const Address lock = instance("asyncio.locks.Lock", {{"_locked", boolean(true)}, {"_waiters", two}});
  EXPECT_EQ(shown(lock), "<asyncio.locks.Lock object at  [locked" + comma + "waiters:2]>");
  EXPECT_EQ(shown(instance("asyncio.locks.Condition", {{"_lock", lock}})),
            "<asyncio.locks.Condition object at  [locked]>");
  EXPECT_EQ(shown(instance("asyncio.locks.Event", {{"_value", boolean(false)}})),
            "<asyncio.locks.Event object at  [unset]>");
  EXPECT_EQ(shown(instance("asyncio.locks.Semaphore", {{"_value", integer(2)}})),
            "<asyncio.locks.Semaphore object at  [unlocked" + comma + "value:2]>");
  EXPECT_EQ(shown(instance(
                "asyncio.queues.Queue",
                {{"_maxsize", integer(3)}, {"_queue", two}, {"_getters", two}, {"_unfinished_tasks", integer(4)}})),
            "<Queue at  maxsize=3 size=2 _queue=[1, 2] _getters[2] tasks=4>");
  EXPECT_EQ(shown(instance("asyncio.taskgroups.TaskGroup", {{"_tasks", two}, {"_aborting", boolean(true)}})),
            "<TaskGroup tasks=2 cancelling>");
  for (const char* name : {"Lock", "Condition", "Event", "Semaphore"}) {
    EXPECT_TRUE(is_unreadable(instance(std::string("asyncio.locks.") + name, {{"_locked", none}, {"_value", none}})));
  }
  EXPECT_TRUE(is_unreadable(instance("asyncio.queues.Queue", {{"_maxsize", integer(3)}})));
  EXPECT_TRUE(is_unreadable(instance("asyncio.base_events.BaseEventLoop", {{"_closed", boolean(false)}})));
}

TEST_P(EveryLayoutStates, FuturesOfAsyncio) {
  if (layout.version.major < 3) {
    GTEST_SKIP() << "it has no asyncio";
  }
  const auto future = [&](std::string_view name, const Attributes& state) {
    Attributes all{{"_loop", none}};
    all.insert(all.end(), state.begin(), state.end());
    return instance(name, all);
  };
  constexpr std::string_view kFuture = "asyncio.futures.Future";
  EXPECT_EQ(shown(future(kFuture, {})), "<Future pending>");
  EXPECT_EQ(shown(future(kFuture, {{"_state", text_object("FINISHED")}, {"_result", integer(1)}})),
            "<Future finished result=1>");
  EXPECT_EQ(shown(future(kFuture, {{"_state", text_object("FINISHED")}, {"_exception", integer(1)}})),
            "<Future finished exception=1>");
  EXPECT_EQ(shown(future("asyncio.tasks.Task", {{"_state", text_object("PENDING")},
                                                {"_coro", integer(3)},
                                                {"_name", text_object("reader")},
                                                {"_must_cancel", boolean(true)},
                                                {"_fut_waiter", integer(4)}})),
            "<Task cancelling name='reader' coro=3 wait_for=4>");
  EXPECT_TRUE(is_unreadable(instance(kFuture, {{"_state", text_object("PENDING")}})));
  EXPECT_TRUE(is_unreadable(future(kFuture, {{"_state", none}})));
}

TEST_P(EveryLayoutStates, Loggers) {
  const Address name = text_object("app.db");
  const auto logger = [&](std::uint64_t level, Address parent) {
    return instance("logging.Logger", {{"name", name}, {"level", integer(level)}, {"parent", parent}});
  };
  EXPECT_EQ(shown(logger(20, none)), "<Logger app.db (INFO)>");
  EXPECT_EQ(shown(logger(0, logger(35, none))), "<Logger app.db (Level 35)>");
  // Its own parent.
  const Address loop = instance("logging.Logger", {});
  python.memory.put(
      loop + kDict,
      python.dict({{python.text("name"), name}, {python.text("level"), integer(0)}, {python.text("parent"), loop}}));
  EXPECT_EQ(shown(loop), "<Logger app.db (NOTSET)>");
  EXPECT_EQ(shown(instance("logging.Handler", {{"level", integer(40)}})), "<Handler (ERROR)>");
  EXPECT_EQ(shown(instance("logging.StreamHandler", {{"level", integer(0)}, {"stream", integer(2)}})),
            "<StreamHandler (NOTSET) stream=2>");
  EXPECT_EQ(shown(instance("logging.FileHandler", {{"level", integer(0)}, {"baseFilename", name}})),
            "<FileHandler app.db (NOTSET)>");
  EXPECT_TRUE(is_unreadable(instance("logging.Logger", {{"name", name}, {"level", name}})));
  EXPECT_TRUE(is_unreadable(instance("logging.Handler", {})));
}

TEST_P(EveryLayoutStates, Processes) {
  const Address arguments = python.list({text_object("ls")});
  EXPECT_EQ(shown(instance("subprocess.Popen", {{"args", arguments}, {"returncode", none}, {"pid", integer(7)}})),
            "<Popen: returncode: None args: ['ls'] pid: 7>");
  const Address child = instance("multiprocessing.popen_fork.Popen", {{"pid", integer(8)}, {"returncode", integer(0)}});
  const Address name = text_object("Process-1");
  EXPECT_EQ(shown(instance("multiprocessing.process.BaseProcess",
                           {{"_name", name}, {"_popen", child}, {"_parent_pid", integer(7)}})),
            "<BaseProcess name='Process-1' pid=8 parent=7 stopped exitcode=0>");
  EXPECT_EQ(shown(instance("multiprocessing.process.BaseProcess", {{"_name", name}, {"_popen", 24}})),
            "<BaseProcess name='Process-1'>");
  EXPECT_TRUE(is_unreadable(instance("multiprocessing.process.BaseProcess", {{"_popen", child}})));
}

TEST_P(EveryLayoutStates, SemaphoresOfProcesses) {
  const Address semaphore = python.allocate(32);
  python.memory.put(semaphore, std::uint32_t{0x80000002});  // and somebody waits
  const Address at = python.object(python.type("_multiprocessing.SemLock"));
  set_word(at, 0, semaphore);
  set_word(at, 2, std::uint64_t{9} << 32U | 1U);
  EXPECT_EQ(shown(at), "<_multiprocessing.SemLock object at  value=2 maxvalue=9 count=1>");
  set_word(at, 0, 24);
  EXPECT_EQ(shown(at), "<_multiprocessing.SemLock object at  value=<unreadable: what is shared> maxvalue=9 count=1>");
  set_word(at, 2, std::uint64_t{0x80000000} << 32U);
  EXPECT_TRUE(is_unreadable(at));
}

}  // namespace
}  // namespace stillframe::cpython
