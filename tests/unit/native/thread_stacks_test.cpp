#include "native/thread_stacks.h"

#include <gtest/gtest.h>

#include <map>

#include "native/fake_stack.h"

namespace stillframe::native {
namespace {

using memory::CapturedMemory;
using testing::FakeStack;

constexpr Address kThreadStack = FakeStack::kStack;
constexpr Address kThreadLeaf = FakeStack::kBase + FakeStack::kText + 0x100;
constexpr Address kLarge = FakeStack::kBase + FakeStack::kText + 0x300;  // its frame is larger than a page
constexpr Address kStartOfThread = FakeStack::kBase + FakeStack::kText + 0x200;

// Threads whose registers or system calls are given by hand.
class ThreadedTarget : public testing::FakeTarget {
 public:
  using FakeTarget::FakeTarget;

  [[nodiscard]] std::optional<target::Syscall> syscall(target::Tid tid) const override {
    const auto found = calls.find(tid);
    return found == calls.end() ? std::nullopt : std::optional(found->second);
  }
  [[nodiscard]] Result<target::Registers> registers(target::Tid tid) const override {
    const auto found = states.find(tid);
    if (found == states.end()) {
      return fail(ErrorKind::not_found, "read registers", "the core has none", "");
    }
    return found->second;
  }

  std::map<target::Tid, target::Syscall> calls;
  std::map<target::Tid, target::Registers> states;
};

class FakeHold : public target::Hold {
 public:
  FakeHold(std::vector<target::Tid> held, target::Registers registers)
      : held_(std::move(held)), registers_(std::move(registers)) {}
  [[nodiscard]] std::span<const target::Tid> held() const override { return held_; }
  [[nodiscard]] Result<target::Registers> registers(target::Tid tid) const override {
    if (tid != held_.front()) {
      return fail(ErrorKind::not_found, "read registers", "it has just ended", "");
    }
    return registers_;
  }
  std::int64_t release() override { return 0; }

 private:
  std::vector<target::Tid> held_;
  target::Registers registers_;
};

class ThreadStacksTest : public ::testing::Test {
 protected:
  ThreadStacksTest() {
    fake_.function(FakeStack::kText + 0x100, 0x40);
    fake_.function(FakeStack::kText + 0x200, 0x40, {DW_CFA_undefined, 16});
    fake_.sized_function(FakeStack::kText + 0x300, 0x40, 0x1008);
    fake_.words(kThreadStack + 0x100, {fake_.call_before(kStartOfThread + 0x20, kThreadLeaf)});
    fake_.finish();
  }

  static target::Registers registers(Address sp) {
    target::Registers registers{.dwarf = std::vector<std::uint64_t>(17), .pc = kThreadLeaf + 4, .sp = sp};
    registers.thread_pointer = 0x1234;
    return registers;
  }

  // Captures and unwinds; what runs meanwhile may change the stack.
  std::vector<ThreadStack> look(ThreadedTarget& target, const std::vector<target::Tid>& tids, const target::Hold* hold,
                                bool from_copy, bool overwrite = false) {
    CapturedMemory memory(target.memory());
    Modules modules(target, fake_.memory);
    StackReader reader(target, memory, modules);
    std::vector<target::ThreadInfo> threads;
    for (const target::Tid tid : tids) {
      threads.push_back({.tid = tid, .inner_tid = tid});
    }
    auto stacks = reader.capture(threads, hold);
    if (overwrite) {
      fake_.words(kThreadStack + 0x100, {0x1111});
    }
    reader.unwind(stacks, from_copy);
    return stacks;
  }

  static void expect_whole(const ThreadStack& stack) {
    EXPECT_FALSE(stack.unknown);
    EXPECT_FALSE(stack.stack.end_reason) << *stack.stack.end_reason;
    ASSERT_EQ(stack.stack.frames.size(), 2U);
    EXPECT_EQ(stack.stack.frames[0].pc, kThreadLeaf + 4);
    EXPECT_EQ(stack.stack.frames[1].pc, kStartOfThread + 0x20);
  }

  FakeStack fake_;
};

TEST_F(ThreadStacksTest, TakesTheRegistersOfHeldThreads) {
  ThreadedTarget target(fake_.memory, fake_.mappings, false);
  const FakeHold hold({4, 5}, registers(kThreadStack + 0x100));
  const auto stacks = look(target, {4, 5, 6}, &hold, true, true);
  ASSERT_EQ(stacks.size(), 3U);
  expect_whole(stacks[0]);
  EXPECT_EQ(stacks[0].tid, 4);
  EXPECT_EQ(stacks[0].thread_pointer, 0x1234U);
  EXPECT_EQ(stacks[1].unknown, "it has just ended");
  EXPECT_EQ(stacks[1].stack.end_reason, "it has just ended");
  EXPECT_TRUE(stacks[1].stack.frames.empty());
  EXPECT_EQ(stacks[2].tid, 6);
  EXPECT_TRUE(stacks[2].unknown) << "it was not held";
}

TEST_F(ThreadStacksTest, TakesTheSystemCallsOfSleepingThreads) {
  ThreadedTarget target(fake_.memory, fake_.mappings, false);
  target.calls[4] = {.number = 1, .sp = kThreadStack + 0x100, .pc = kThreadLeaf + 4};
  target.calls[5] = {.number = -1, .sp = kThreadStack + 0x100, .pc = 0};
  const auto stacks = look(target, {4, 5, 6}, nullptr, false);
  expect_whole(stacks[0]);
  EXPECT_EQ(stacks[0].registers.get(binary::kStackPointer), kThreadStack + 0x100);
  EXPECT_FALSE(stacks[0].registers.get(3));
  EXPECT_TRUE(stacks[1].unknown);
  EXPECT_TRUE(stacks[2].unknown);
  EXPECT_TRUE(stacks[2].stack.end_reason);
}

TEST_F(ThreadStacksTest, TakesTheRegistersOfACore) {
  ThreadedTarget target(fake_.memory, fake_.mappings, true);
  target.states[4] = registers(kThreadStack + 0x100);
  const auto stacks = look(target, {4, 5}, nullptr, false);
  expect_whole(stacks[0]);
  EXPECT_EQ(stacks[1].unknown, "the core has none");
}

// What the stack held when it was copied counts, not what the thread made of it since.
TEST_F(ThreadStacksTest, UnwindsFromTheCopy) {
  ThreadedTarget target(fake_.memory, fake_.mappings, false);
  target.calls[4] = {.number = 1, .sp = kThreadStack + 0x100, .pc = kThreadLeaf + 4};
  expect_whole(look(target, {4}, nullptr, true, true)[0]);
}

TEST_F(ThreadStacksTest, ReadsNothingThatWasNotCopied) {
  // The frame that leads on lies on another stack, which nobody copied.
  fake_.words(FakeStack::kOtherStack + 0x100, {kStartOfThread + 0x20});
  ThreadedTarget target(fake_.memory, fake_.mappings, false);
  target.calls[4] = {.number = 1, .sp = kThreadStack - 0x100000, .pc = kThreadLeaf + 4};
  const auto stacks = look(target, {4}, nullptr, true);
  EXPECT_TRUE(stacks[0].stack.end_reason);
}

#if defined(__x86_64__)
// The handler has a stack of its own: what it interrupted stands on another one, which only its frame tells.
TEST_F(ThreadStacksTest, CopiesTheStacksUnderSignalHandlersNextTime) {
  constexpr Address kTrampoline = FakeStack::kBase + FakeStack::kText + 0x600;
  constexpr Address kHandlerStack = FakeStack::kOtherStack + 0x800;
  fake_.memory.write(kTrampoline, std::as_bytes(std::span("\x48\xC7\xC0\x0F\0\0\0\x0F\x05", 9)));
  fake_.words(kHandlerStack - 8, {kTrampoline});
  fake_.memory.put(kHandlerStack + 40 + 15 * 8, kThreadStack + 0x100);  // rsp
  fake_.memory.put(kHandlerStack + 40 + 16 * 8, kLarge + 4);            // rip
  fake_.words(kThreadStack + 0x1100, {kStartOfThread + 0x20});
  ThreadedTarget target(fake_.memory, fake_.mappings, false);
  const FakeHold hold({4}, registers(kHandlerStack - 8));
  CapturedMemory memory(target.memory());
  Modules modules(target, fake_.memory);
  StackReader reader(target, memory, modules);
  memory.prefetch({kThreadStack / CapturedMemory::kPageSize});  // the interpreter keeps something in a page of it
  auto stacks = reader.capture({{.tid = 4, .inner_tid = 4}}, &hold);
  reader.unwind(stacks, true);
  EXPECT_EQ(stacks[0].stack.frames.size(), 3U);
  EXPECT_TRUE(stacks[0].stack.end_reason);
  EXPECT_TRUE(reader.find_interrupted(stacks));
  stacks = reader.capture({{.tid = 4, .inner_tid = 4}}, &hold);
  reader.unwind(stacks, true);
  EXPECT_FALSE(stacks[0].stack.end_reason) << *stacks[0].stack.end_reason;
  ASSERT_EQ(stacks[0].stack.frames.size(), 4U);
  EXPECT_EQ(stacks[0].stack.frames[3].pc, kStartOfThread + 0x20);
  EXPECT_FALSE(reader.find_interrupted(stacks)) << "all is there";
}
#endif

// A stack pointer that means nothing costs little.
TEST_F(ThreadStacksTest, CopiesLittleForAWildStackPointer) {
  ThreadedTarget target(fake_.memory, fake_.mappings, false);
  for (const Address sp : {Address{0}, Address{1}, ~Address{0}, ~Address{0} - 0x10000, Address{0x5000}}) {
    target.calls[4] = {.number = 1, .sp = sp, .pc = kThreadLeaf + 4};
    fake_.memory.reads = 0;
    const auto stacks = look(target, {4}, nullptr, true);
    EXPECT_TRUE(stacks[0].stack.end_reason);
    EXPECT_LT(fake_.memory.reads, 1000U) << sp;
  }
}

}  // namespace
}  // namespace stillframe::native
