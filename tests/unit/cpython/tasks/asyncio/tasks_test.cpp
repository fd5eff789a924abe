#include "cpython/tasks/asyncio/tasks.h"

#include <gtest/gtest.h>

#include "cpython/fake_target.h"
#include "cpython/tasks/asyncio/every_asyncio_layout.h"

namespace stillframe::cpython {
namespace {

class EveryLayoutTasks : public testing::EveryAsyncioLayout {
 protected:
  // Modules asyncio.tasks with these tasks in one set.
  RawTasks read(const std::vector<Address>& tasks, std::size_t most = kMostTasks, TaskDepth depth = TaskDepth::all) {
    const Address module = python.module(python.dict(
        {{python.text(asyncio.set_of_tasks()), asyncio.weak_set(tasks)}, {python.text("_current_tasks"), running}}));
    const Address interpreter = python.interpreter();
    python.set(interpreter, layout.interpreter.modules, python.dict({{python.text("asyncio.tasks"), module}}));
    RawProcess process;
    process.interpreters.push_back({.address = interpreter});
    CodeCache codes(objects, python.code_type);
    const testing::FakeTarget target(python.memory, {}, true);
    return AsyncioTasks(target, objects, {interpreter}).read(objects, codes, process, most, depth);
  }
  Address loop = python.object(python.type("Loop"));
  Address running = python.dict({});  // tasks, by their loops
};
INSTANTIATE_TEST_SUITE_P(CPython, EveryLayoutTasks, testing::asyncio_layouts(), testing::name_of_layout);

TEST_P(EveryLayoutTasks, OneThatAwaitsAnother) {
  const Address future = asyncio.future(loop);
  const Address inner = asyncio.task(loop, asyncio.coroutine("inner", asyncio.iterator(future)), future, "inner");
  const Address outer = asyncio.task(loop, asyncio.coroutine("outer", asyncio.iterator(inner)), inner, "outer");
  asyncio.set_callback(inner, asyncio.wakeup(outer));
  const RawTasks found = read({outer, inner});
  EXPECT_TRUE(found.problems.empty());
  EXPECT_EQ(found.unreadable, 0U);
  ASSERT_EQ(found.tasks.size(), 2U);
  EXPECT_EQ(found.tasks[0].wait.kind, model::WaitKind::tasks);
  EXPECT_TRUE(found.tasks[0].awaited_by.empty());
  EXPECT_EQ(found.tasks[1].wait.kind, model::WaitKind::future);
  EXPECT_EQ(found.tasks[1].wait.object, future);
  EXPECT_EQ(found.tasks[1].awaited_by, std::vector<Address>{outer});
  const bool named = layout.version.minor >= 8;
  EXPECT_EQ(found.tasks[1].name, named ? "inner" : "");
  EXPECT_EQ(found.tasks[1].frames.size(), 1U);
  ASSERT_EQ(found.loops.size(), 1U);
  EXPECT_EQ(found.loops[0].loop.address, loop);
}

TEST_P(EveryLayoutTasks, LinksAloneTellWhoAwaitsWhom) {
  const Address future = asyncio.future(loop);
  const Address inner = asyncio.task(loop, asyncio.coroutine("inner", asyncio.iterator(future)), future, "inner");
  const Address outer = asyncio.task(loop, asyncio.coroutine("outer", asyncio.iterator(inner)), inner, "outer");
  asyncio.set_callback(inner, asyncio.wakeup(outer));
  const RawTasks found = read({outer, inner}, kMostTasks, TaskDepth::links);
  EXPECT_TRUE(found.problems.empty());
  EXPECT_EQ(found.unreadable, 0U);
  ASSERT_EQ(found.tasks.size(), 2U);
  EXPECT_EQ(found.tasks[1].address, inner);
  EXPECT_EQ(found.tasks[1].awaited_by, std::vector<Address>{outer});
  EXPECT_EQ(found.tasks[1].name, "");
  EXPECT_TRUE(found.loops.empty()) << "none runs anything";
}

// Of those that stand in no circle, whatever the others do, nothing but that is found out.
TEST_P(EveryLayoutTasks, LinksLeaveOutWhoWaitsForNoTask) {
  const Address future = asyncio.future(loop);
  const Address nap = asyncio.coroutine("sleep", asyncio.iterator(future), "/lib/asyncio/tasks.py");
  const Address sleeper = asyncio.task(loop, asyncio.coroutine("nap", nap), future);
  const Address ready = asyncio.task(loop, asyncio.coroutine("ready", asyncio.iterator(future)), 0);
  const Address take = asyncio.coroutine("acquire", asyncio.iterator(future), "/lib/asyncio/locks.py");
  const Address waiter = asyncio.task(loop, asyncio.coroutine("work", take), future);
  const RawTasks found = read({sleeper, ready, waiter}, kMostTasks, TaskDepth::links);
  EXPECT_TRUE(found.problems.empty());
  EXPECT_EQ(found.unreadable, 0U);
  ASSERT_EQ(found.tasks.size(), 1U);
  EXPECT_EQ(found.tasks[0].address, waiter);
  EXPECT_EQ(found.tasks[0].frames.size(), 2U);
  const Address other = asyncio.task(loop, asyncio.coroutine("gathers", asyncio.iterator(future)), future);
  const RawTasks none_locks = read({other}, kMostTasks, TaskDepth::links);
  ASSERT_EQ(none_locks.tasks.size(), 1U);
  EXPECT_TRUE(none_locks.tasks[0].frames.empty()) << "nobody wants a lock";
}

TEST_P(EveryLayoutTasks, ThoseThatAreReadyAndThoseThatEnded) {
  const Address done = asyncio.future(loop, 2);
  const Address ready = asyncio.task(loop, asyncio.coroutine("ready", asyncio.iterator(done)), done);
  const Address ended = asyncio.task(loop, 0, 0);
  python.memory.put(asyncio.word(ended, asyncio.words().state), std::int32_t{2});
  const RawTasks found = read({ready, ended});
  ASSERT_EQ(found.tasks.size(), 1U);
  EXPECT_EQ(found.tasks[0].address, ready);
  EXPECT_EQ(found.tasks[0].state, model::TaskState::ready);
}

TEST_P(EveryLayoutTasks, NoMoreThanAsked) {
  const std::vector<Address> tasks{asyncio.task(loop, 0, 0), asyncio.task(loop, 0, 0)};
  EXPECT_EQ(read(tasks, 2).tasks.size(), 2U);
  EXPECT_FALSE(read(tasks, 2).left_out);
  RawTasks found = read(tasks, 1);
  EXPECT_TRUE(found.tasks.empty());
  EXPECT_TRUE(found.left_out);
  EXPECT_EQ(found.problems.size(), 1U);
  running = python.dict({{loop, tasks[1]}});
  found = read(tasks, 1);
  ASSERT_EQ(found.tasks.size(), 1U) << "that which runs";
  EXPECT_EQ(found.tasks[0].address, tasks[1]);
  ASSERT_EQ(found.loops.size(), 1U);
  EXPECT_EQ(found.loops[0].running_task, tasks[1]);
}

TEST_P(EveryLayoutTasks, WhatMakesNoSenseIsCounted) {
  const Address torn = asyncio.task(loop, 0, 0);
  python.memory.put(asyncio.word(torn, asyncio.words().state), std::int32_t{77});
  const Address stranger = python.object(python.type("Stranger"));
  const RawTasks found = read({torn, stranger, 0xDEAD000});
  EXPECT_TRUE(found.tasks.empty());
  EXPECT_EQ(found.unreadable, 3U);
}

// Every word of every object in turn leads somewhere else: no reading runs away.
TEST_P(EveryLayoutTasks, TornMemoryEnds) {
  const Address future = asyncio.future(loop);
  const Address inner = asyncio.task(loop, asyncio.coroutine("inner", asyncio.iterator(future)), future);
  const Address outer = asyncio.task(loop, asyncio.coroutine("outer", asyncio.iterator(inner)), inner);
  asyncio.set_callback(inner, asyncio.wakeup(outer));
  for (const Address object : {inner, outer, future}) {
    for (std::uint32_t index = 0; index < 20; ++index) {
      const Address at = asyncio.word(object, index);
      const auto before = python.memory.get<Address>(at).value();
      for (const Address wrong : {Address{1}, Address{0xDEAD000}, outer, ~Address{0}}) {
        python.memory.put(at, wrong);
        EXPECT_LE(read({outer, inner}).tasks.size(), 2U);
        EXPECT_LE(read({outer, inner}, kMostTasks, TaskDepth::links).tasks.size(), 2U);
      }
      python.memory.put(at, before);
    }
  }
}

}  // namespace
}  // namespace stillframe::cpython
