#include "cpython/tasks/curio/tasks.h"

#include <gtest/gtest.h>

#include <deque>
#include <optional>

#include "cpython/tasks/asyncio/every_asyncio_layout.h"

namespace stillframe::cpython {
namespace {

class EveryLayoutCurio : public testing::EveryAsyncioLayout {
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
  Address instance(std::string_view type, const Attributes& attributes) {
    const Address of = python.type(type);
    python.set(of, layout.type.dictoffset, std::int64_t{128});
    const Address at = python.object(of);
    python.memory.put(at + 128, dict(attributes));
    return at;
  }

  Address task(std::string_view name, Address coroutine, std::string_view state, Address parent_number = 0,
               Address pending = 0) {
    return instance("curio.task.Task", {{"name", python.text(name)},
                                        {"coro", coroutine},
                                        {"state", python.text(state)},
                                        {"parentid", parent_number},
                                        {"cancel_pending", pending}});
  }

  // A call of that function, with one variable.
  RawFrame call(std::string_view name, std::string_view file, std::string_view variable, Address value) {
    const Address code = python.code(name, file, 1);
    python.set(code, layout.code.flags, std::uint32_t{1});
    python.set(code, layout.code.argcount, std::uint32_t{1});
    const Address names = python.tuple({python.text(variable)});
    python.set(code, layout.code.varnames, names);
    python.set(code, layout.code.cellvars, python.tuple({}));
    python.set(code, layout.code.freevars, python.tuple({}));
    python.set(code, layout.code.localsplusnames, names);
    python.set(code, layout.code.localspluskinds, python.bytes("\x20"));
    known.push_back({});
    known.back().address = code;
    known.back().name = name;
    known.back().filename = file;
    const RawFrame frame{.address = python.frame(code, 0), .code = &known.back()};
    const Offset at = python.light_frames() ? layout.frame.localsplus : layout.frame_object.localsplus;
    python.memory.put(frame.address + at.value(), value);
    return frame;
  }

  // A process with a thread in Kernel.run(), whose kernel has these tasks.
  RawTasks read(Address tasks, std::size_t most = 1000, Address current = 0) {
    kernel = instance("curio.kernel.Kernel", {{"_tasks", tasks}});
    const Address interpreter = python.interpreter();
    python.set(interpreter, layout.interpreter.modules, dict({{"curio.kernel", none}}));
    process = {};
    process.interpreters.push_back({.address = interpreter, .threads = {}});
    process.interpreters[0].threads.push_back({.address = 0x7000});
    auto& frames = process.interpreters[0].threads[0].chain.frames;
    frames.push_back(call("kernel_run", "/site/curio/kernel.py", "current", current));
    frames.push_back(call("run", "/site/curio/kernel.py", "self", kernel));
    codes.emplace(objects, python.code_type);
    RawTasks found;
    CurioTasks(objects, {interpreter}).read(objects, *codes, process, most, found);
    return found;
  }

  Address none = python.object(python.type("NoneType"));
  Address kernel = 0;
  RawProcess process;
  std::deque<Code> known;
  std::optional<CodeCache> codes;  // what was read refers to it
};
INSTANTIATE_TEST_SUITE_P(CPython, EveryLayoutCurio, testing::asyncio_layouts(), testing::name_of_layout);

TEST_P(EveryLayoutCurio, TasksOfAKernel) {
  const Address trap = asyncio.coroutine("_kernel_trap", 0, "/site/curio/traps.py");
  const Address waits = task("main", asyncio.coroutine("main", trap), "TIME_SLEEP");
  const Address ready = task("work", asyncio.coroutine("work", 0), "READY", python.integer(2));
  const Address ended = task("work", asyncio.coroutine("work", 0), "READY", python.integer(9), waits);
  const RawTasks found = read(
      python.dict({{python.integer(2), waits}, {python.integer(3), ready}, {python.integer(4), ended}}), 1000, none);
  EXPECT_TRUE(found.problems.empty());
  EXPECT_EQ(found.unreadable, 0U);
  ASSERT_EQ(found.tasks.size(), 3U);
  EXPECT_EQ(found.tasks[0].number, 2);
  EXPECT_EQ(found.tasks[0].own_state, "TIME_SLEEP");
  EXPECT_EQ(found.tasks[0].state, model::TaskState::waiting);
  EXPECT_EQ(found.tasks[0].wait.kind, model::WaitKind::unknown);
  ASSERT_EQ(found.tasks[0].frames.size(), 1U) << "the trap is left out";
  EXPECT_EQ(found.tasks[1].state, model::TaskState::ready);
  EXPECT_EQ(found.tasks[1].parent, waits);
  EXPECT_FALSE(found.tasks[1].cancelling);
  EXPECT_EQ(found.tasks[2].parent, 0U) << "that one is not there any more";
  EXPECT_TRUE(found.tasks[2].cancelling);
  ASSERT_EQ(found.loops.size(), 1U);
  EXPECT_EQ(found.loops[0].scheduler, model::Scheduler::curio);
  EXPECT_EQ(found.loops[0].loop.address, kernel);
  EXPECT_EQ(found.loops[0].thread, 0x7000U);
  EXPECT_EQ(found.loops[0].running_task, 0U);
}

TEST_P(EveryLayoutCurio, TheOneThatRuns) {
  const Address one = task("main", asyncio.coroutine("main", 0), "RUNNING");
  const RawTasks found = read(python.dict({{python.integer(2), one}}), 1000, one);
  ASSERT_EQ(found.tasks.size(), 1U);
  EXPECT_EQ(found.tasks[0].state, model::TaskState::running);
  EXPECT_EQ(found.loops[0].running_task, one);
}

TEST_P(EveryLayoutCurio, NoMoreThanAskedAndNoneWithoutItsModule) {
  const Address one = task("a", asyncio.coroutine("a", 0), "READY");
  const Address tasks = python.dict({{python.integer(2), one}, {python.integer(3), one}});
  const RawTasks found = read(tasks, 1);
  EXPECT_TRUE(found.tasks.empty());
  EXPECT_EQ(found.problems.size(), 1U);
  RawTasks nothing;
  CurioTasks(objects, {python.interpreter()}).read(objects, *codes, process, 1000, nothing);
  EXPECT_TRUE(nothing.loops.empty());
}

TEST_P(EveryLayoutCurio, WhatMakesNoSenseIsCounted) {
  const Address stranger = python.object(python.type("Stranger"));
  EXPECT_EQ(read(python.dict({{python.integer(2), stranger}, {python.integer(3), Address{0xDEAD000}}})).unreadable, 2U);
  EXPECT_EQ(read(stranger).problems.size(), 1U);
}

// Every word of a task and of its coroutine in turn leads somewhere else: no reading runs away.
TEST_P(EveryLayoutCurio, TornMemoryEnds) {
  const Address coroutine = asyncio.coroutine("wait", 0, "/site/curio/sync.py");
  const Address one = task("main", coroutine, "EVENT_WAIT", python.integer(2));
  const Address tasks = python.dict({{python.integer(2), one}});
  for (const Address object : {one, coroutine, tasks}) {
    for (std::uint32_t index = 0; index < 20; ++index) {
      const Address at = asyncio.word(object, index);
      const auto before = python.memory.get<Address>(at).value();
      for (const Address wrong : {Address{1}, Address{0xDEAD000}, one, ~Address{0}}) {
        python.memory.put(at, wrong);
        EXPECT_LE(read(tasks).tasks.size(), 16U);
      }
      python.memory.put(at, before);
    }
  }
}

}  // namespace
}  // namespace stillframe::cpython
