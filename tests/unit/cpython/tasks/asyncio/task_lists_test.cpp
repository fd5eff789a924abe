#include "cpython/tasks/asyncio/task_lists.h"

#include <gtest/gtest.h>

#include "cpython/tasks/asyncio/every_asyncio_layout.h"

namespace stillframe::cpython {
namespace {

class EveryLayoutTaskLists : public testing::EveryAsyncioLayout {
 protected:
  TaskList list(const AsyncioModules& modules, const std::optional<AsyncioOffsets>& offsets = std::nullopt) {
    Types types(objects);
    Instances instances(objects, types);
    return list_tasks(instances, interpreter, modules, offsets);
  }
  Address module(std::string_view name, Address value) { return python.dict({{python.text(name), value}}); }

  RawInterpreter interpreter;
};
INSTANTIATE_TEST_SUITE_P(CPython, EveryLayoutTaskLists, testing::asyncio_layouts(), testing::name_of_layout);

TEST_P(EveryLayoutTaskLists, WeakSet) {
  const Address one = asyncio.task(1, 0, 0);
  const Address other = asyncio.task(1, 0, 0);
  const Address set = asyncio.weak_set({one, other});
  const TaskList found = list({.tasks = module(asyncio.set_of_tasks(), set)});
  EXPECT_EQ(found.tasks, (std::vector<Address>{one, other}));
  EXPECT_TRUE(found.problems.empty());
}

TEST_P(EveryLayoutTaskLists, SetOfThoseThatWereBegunAtOnce) {
  const Address task = asyncio.task(1, 0, 0);
  const TaskList found = list({.tasks = module("_eager_tasks", asyncio.set({task}))});
  const bool there = layout.version >= PythonVersion{3, 12, 0};
  EXPECT_EQ(found.tasks, there ? std::vector<Address>{task} : std::vector<Address>{});
}

TEST_P(EveryLayoutTaskLists, WhatRuns) {
  const Address task = asyncio.task(1, 0, 0);
  const TaskList found = list({.tasks = module("_current_tasks", python.dict({{0x7000, task}}))});
  EXPECT_EQ(found.running.at(0x7000), task);
  EXPECT_EQ(found.tasks, std::vector<Address>{task});
}

TEST_P(EveryLayoutTaskLists, HostileSets) {
  const Address set = asyncio.set({asyncio.task(1, 0, 0)});
  python.memory.put(asyncio.word(set, 2), ~std::uint64_t{0});  // mask
  EXPECT_EQ(list({.tasks = module(asyncio.set_of_tasks(), set)}).problems.size(), 1U);
  python.memory.put(asyncio.word(set, 2), std::uint64_t{1} << 40U);
  EXPECT_EQ(list({.tasks = module(asyncio.set_of_tasks(), set)}).problems.size(), 1U);
  EXPECT_TRUE(list({.tasks = 0xDEAD000}).tasks.empty());
}

// 3.14+: rings of nodes in thread states and in the interpreter.
class LinkedTasks : public EveryLayoutTaskLists {
 protected:
  void SetUp() override {
    interpreter.address = python.allocate(256);
    const Address thread = python.allocate(256);
    interpreter.threads.push_back({.address = thread});
    head = thread + 32;
    for (const Address ring : {head, interpreter.address + 16}) {
      python.memory.put(ring, ring);
    }
  }
  Address add(Address before) {
    const Address task = asyncio.task(1, 0, 0);
    python.memory.put(task + 200, python.memory.get<Address>(before).value());
    python.memory.put(before, task + 200);
    return task;
  }
  const AsyncioOffsets offsets{
      .task_node = 200, .interpreter_head = 16, .running_loop = 48, .running_task = 56, .thread_head = 32};
  Address head = 0;
};
INSTANTIATE_TEST_SUITE_P(CPython, LinkedTasks, testing::asyncio_layouts_from({3, 14, 0}), testing::name_of_layout);

TEST_P(LinkedTasks, OfThreadsAndOfThoseThatEnded) {
  const Address orphan = add(interpreter.address + 16);
  const Address first = add(head);
  const Address second = add(first + 200);
  python.memory.put(head + 16, Address{0x7000});  // the loop that runs, and its task
  python.memory.put(head + 24, second);
  const TaskList found = list({.tasks = python.dict({}), .extension = python.dict({})}, offsets);
  EXPECT_EQ(found.tasks, (std::vector<Address>{orphan, first, second}));
  EXPECT_EQ(found.running.at(0x7000), second);
  EXPECT_EQ(found.loops.at(interpreter.threads[0].address), 0x7000U);
  EXPECT_TRUE(found.problems.empty());
}

TEST_P(LinkedTasks, RingsThatDoNotCloseAreCut) {
  const Address task = add(head);
  python.memory.put(task + 200, task + 200);
  const TaskList found = list({.tasks = python.dict({}), .extension = python.dict({})}, offsets);
  EXPECT_EQ(found.tasks, std::vector<Address>{task});
  EXPECT_EQ(found.problems.size(), 1U);
  python.memory.put(task + 200, Address{0xDEAD000});
  EXPECT_EQ(list({.tasks = python.dict({}), .extension = python.dict({})}, offsets).problems.size(), 1U);
}

TEST_P(LinkedTasks, WithoutOffsetsTasksAreMissing) {
  const TaskList found = list({.tasks = python.dict({}), .extension = python.dict({})});
  ASSERT_EQ(found.problems.size(), 1U);
  EXPECT_NE(found.problems[0].find(".AsyncioDebug"), std::string::npos);
}

TEST(AsyncioOffsets, OnlyThoseThatFit) {
  testing::FakePython python(*find_layout({3, 14, 0}, {}));
  const Objects objects(python.memory, python.layout);
  const Address table = python.allocate(256);
  const auto put = [&](std::size_t index, std::uint64_t value) { python.memory.put(table + index * 8, value); };
  const std::vector<std::uint64_t> sound{240, 136, 96, 100, 101, 128, 152, 300000, 7000, 1200, 800, 808, 816};
  for (std::size_t i = 0; i < sound.size(); ++i) {
    put(i, sound[i]);
  }
  const auto found = read_asyncio_offsets(objects, table);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->task_node, Offset(152));
  EXPECT_EQ(found->interpreter_head, Offset(7000));
  EXPECT_EQ(found->thread_head, Offset(816));
  for (const std::size_t index : {6U, 8U, 10U, 11U, 12U}) {
    for (const std::uint64_t wrong : {std::uint64_t{0}, std::uint64_t{1} << 40U, sound[index] + 1}) {
      put(index, wrong);
      EXPECT_FALSE(read_asyncio_offsets(objects, table)) << index << " " << wrong;
    }
    put(index, sound[index]);
  }
  put(7, std::uint64_t{1} << 40U);
  EXPECT_FALSE(read_asyncio_offsets(objects, table));
  EXPECT_FALSE(read_asyncio_offsets(objects, 0xDEAD000));
}

}  // namespace
}  // namespace stillframe::cpython
