#include "cpython/tasks/trio/tasks.h"

#include <gtest/gtest.h>

#include <optional>

#include "cpython/tasks/asyncio/every_asyncio_layout.h"

namespace stillframe::cpython {
namespace {

class EveryLayoutTrio : public testing::EveryAsyncioLayout {
 protected:
  using Attributes = std::vector<std::pair<std::string_view, Address>>;

  Address dict(const Attributes& attributes) {
    std::vector<std::pair<Address, Address>> entries;
    for (const auto& [name, value] : attributes) {
      if (value != 0) {
        entries.emplace_back(python.text(name), value);
      }
    }
    return python.dict(entries);
  }
  Address instance(const Attributes& attributes) { return python.instance(dict(attributes)); }

  // A task that stands in that coroutine; `waits`: what would end its wait; none: it does not wait.
  Address task(std::string_view name, Address coroutine, Address nursery, Address waits, Address data = 0) {
    return instance({{"name", python.text(name)},
                     {"coro", coroutine},
                     {"_parent_nursery", nursery},
                     {"_abort_func", waits},
                     {"custom_sleep_data", data}});
  }
  Address nursery_of(Address task) { return instance({{"_parent_task", task}}); }

  // A process whose threading.local has a run with these tasks.
  RawTasks read(Address tasks, std::size_t most = 1000) {
    runner = instance({{"tasks", tasks}, {"runq", python.list({none})}});
    const Address context = python.object(python.type("trio._core._run.RunContext"));
    python.memory.put(asyncio.word(context, 4), python.dict({{none, dict({{"runner", runner}})}}));
    const Address module = python.module(dict({{"GLOBAL_RUN_CONTEXT", context}}));
    const Address interpreter = python.interpreter();
    python.set(interpreter, layout.interpreter.modules, dict({{"trio._core._run", module}}));
    RawProcess process;
    process.interpreters.push_back({.address = interpreter});
    codes.emplace(objects, python.code_type);
    RawTasks found;
    TrioTasks(objects, {interpreter}).read(objects, *codes, process, most, found);
    return found;
  }

  Address none = python.object(python.type("NoneType"));
  Address abort = python.object(python.type("function"));
  Address runner = 0;
  std::optional<CodeCache> codes;  // what was read refers to it
};
INSTANTIATE_TEST_SUITE_P(CPython, EveryLayoutTrio, testing::asyncio_layouts(), testing::name_of_layout);

TEST_P(EveryLayoutTrio, TasksOfANursery) {
  const Address lot = python.object(python.type("trio.lowlevel.ParkingLot"));
  const Address parent = task("main", asyncio.coroutine("main", 0), 0, abort);
  const Address parked = task("parked", asyncio.coroutine("park", 0), nursery_of(parent), abort, lot);
  const Address ready = task("ready", asyncio.coroutine("work", 0), nursery_of(parent), none);
  const RawTasks found = read(asyncio.set({parent, parked, ready}));
  EXPECT_TRUE(found.problems.empty());
  EXPECT_EQ(found.unreadable, 0U);
  ASSERT_EQ(found.tasks.size(), 3U);
  EXPECT_EQ(found.tasks[0].name, "main");
  EXPECT_EQ(found.tasks[0].parent, 0U);
  EXPECT_EQ(found.tasks[0].state, model::TaskState::waiting);
  EXPECT_EQ(found.tasks[0].wait.kind, model::WaitKind::unknown);
  EXPECT_EQ(found.tasks[1].parent, parent);
  EXPECT_EQ(found.tasks[1].wait.kind, model::WaitKind::other);
  EXPECT_EQ(found.tasks[1].wait.object, lot);
  EXPECT_EQ(found.tasks[1].wait.type, "trio.lowlevel.ParkingLot");
  EXPECT_EQ(found.tasks[1].frames.size(), 1U);
  EXPECT_EQ(found.tasks[2].state, model::TaskState::ready);
  ASSERT_EQ(found.loops.size(), 1U);
  EXPECT_EQ(found.loops[0].scheduler, model::Scheduler::trio);
  EXPECT_EQ(found.loops[0].loop.address, runner);
  EXPECT_EQ(found.loops[0].loop.ready, 1U);
}

TEST_P(EveryLayoutTrio, TheTrapIsLeftOut) {
  const Address trap = asyncio.coroutine("wait_task_rescheduled", 0, "/site/trio/_core/_traps.py");
  const RawTasks found = read(asyncio.set({task("main", asyncio.coroutine("main", trap), 0, abort)}));
  ASSERT_EQ(found.tasks.size(), 1U);
  ASSERT_EQ(found.tasks[0].frames.size(), 1U);
  EXPECT_EQ(found.tasks[0].frames[0].code->name, "main");
}

TEST_P(EveryLayoutTrio, NoMoreThanAsked) {
  const Address tasks =
      asyncio.set({task("a", asyncio.coroutine("a", 0), 0, abort), task("b", asyncio.coroutine("b", 0), 0, abort)});
  EXPECT_EQ(read(tasks, 2).tasks.size(), 2U);
  const RawTasks found = read(tasks, 1);
  EXPECT_TRUE(found.tasks.empty());
  EXPECT_EQ(found.problems.size(), 1U);
}

TEST_P(EveryLayoutTrio, WhatMakesNoSenseIsCounted) {
  const RawTasks found = read(asyncio.set({python.object(python.type("Stranger")), Address{0xDEAD000}}));
  EXPECT_TRUE(found.tasks.empty());
  EXPECT_EQ(found.unreadable, 2U);
  EXPECT_EQ(read(python.object(python.type("Stranger"))).problems.size(), 1U);
}

// Every word of a task, its attributes and its coroutine in turn leads somewhere else: no reading runs away.
TEST_P(EveryLayoutTrio, TornMemoryEnds) {
  const Address coroutine = asyncio.coroutine("main", 0);
  const Address parent = task("main", coroutine, 0, abort);
  const Address child = task("child", asyncio.coroutine("work", 0), nursery_of(parent), abort);
  const Address tasks = asyncio.set({parent, child});
  for (const Address object : {parent, child, coroutine, tasks}) {
    for (std::uint32_t index = 0; index < 20; ++index) {
      const Address at = asyncio.word(object, index);
      const auto before = python.memory.get<Address>(at).value();
      for (const Address wrong : {Address{1}, Address{0xDEAD000}, parent, ~Address{0}}) {
        python.memory.put(at, wrong);
        EXPECT_LE(read(tasks).tasks.size(), 16U);
      }
      python.memory.put(at, before);
    }
  }
}

}  // namespace
}  // namespace stillframe::cpython
