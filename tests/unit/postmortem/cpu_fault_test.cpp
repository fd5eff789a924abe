#include "postmortem/cpu_fault.h"

#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <initializer_list>

#include "cpython/fake_target.h"
#include "fake_memory.h"

#if defined(__x86_64__)

namespace stillframe::postmortem {
namespace {

using memory::Address;
using model::AccessKind;
using testing::FakeMemory;
using testing::FakeTarget;

constexpr Address kCode = 0x400000;
constexpr Address kConstants = 0x500000;
constexpr Address kGuard = 0x7fff0000;
constexpr Address kStack = 0x7fff1000;
constexpr Address kStackEnd = 0x7fff9000;
constexpr std::size_t kRdi = 5;

// A thread that died at kCode, with a stack, constants and a guard page.
class FaultFacts : public ::testing::Test {
 protected:
  FaultFacts() {
    memory.map(kCode, 0x1000);
    memory.map(kConstants, 0x1000);
    memory.map(kStack, kStackEnd - kStack);
  }

  static std::vector<target::Mapping> mappings() {
    return {
        {.begin = kCode, .end = kCode + 0x1000, .readable = true, .executable = true, .inode = 1, .path = "/lib/x.so"},
        {.begin = kConstants,
         .end = kConstants + 0x1000,
         .offset = 0x2000,
         .readable = true,
         .inode = 1,
         .path = "/lib/x.so"},
        {.begin = kGuard, .end = kStack},
        {.begin = kStack, .end = kStackEnd, .readable = true, .writable = true}};
  }

  void code(std::initializer_list<std::uint8_t> bytes, Address at = kCode) {
    memory.write(at, std::as_bytes(std::span(bytes.begin(), bytes.size())));
  }

  native::ThreadStack died(Address rdi, Address sp = kStackEnd - 0x100) {
    native::ThreadStack thread{.tid = 5, .pc = kCode};
    native::RawNativeFrame frame{.pc = kCode, .sp = sp};
    frame.registers.set(kRdi, rdi);
    frame.registers.set(binary::kStackPointer, sp);
    thread.stack.frames = {frame};
    return thread;
  }

  std::optional<model::Fault> fault_of(const native::ThreadStack& thread, const model::Crash& crash) {
    return describe_cpu_fault(target, modules, thread, crash);
  }

  static model::Crash segfault(std::optional<Address> address, std::string code = "SEGV_MAPERR") {
    return {.signal = SIGSEGV, .signal_name = "SIGSEGV", .code = std::move(code), .fault_address = address, .tid = 5};
  }

  FakeMemory memory;
  FakeTarget target{memory, mappings(), true};
  native::Modules modules{target, memory};
};

TEST_F(FaultFacts, WhichOperandWasRefused) {
  code({0x48, 0x8b, 0x47, 0x10});  // mov rax, [rdi+0x10]
  const auto fault = fault_of(died(0), segfault(0x10));
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->pc, kCode);
  EXPECT_EQ(fault->address, 0x10U);
  EXPECT_EQ(fault->access, AccessKind::read);
  EXPECT_EQ(fault->bytes, 8U);
  EXPECT_EQ(fault->operand, "rdi + 0x10");
  ASSERT_EQ(fault->registers.size(), 1U);
  EXPECT_EQ(fault->registers[0].name, "rdi");
  EXPECT_FALSE(fault->area);
  EXPECT_FALSE(fault->handled);
}

TEST_F(FaultFacts, AnOperandElsewhereIsNotTheOne) {
  code({0x48, 0x8b, 0x47, 0x10});
  const auto fault = fault_of(died(0x1000), segfault(0x10));
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->address, 0x10U);
  EXPECT_FALSE(fault->access);
  EXPECT_FALSE(fault->operand);
}

TEST_F(FaultFacts, TheAddressOfAProtectionFaultIsThatWhichCannotBe) {
  code({0x48, 0x8b, 0x47, 0x10});
  const auto fault = fault_of(died(0xdddddddddddddddd), segfault(std::nullopt, "SI_KERNEL"));
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->address, 0xddddddddddddddedU);
}

TEST_F(FaultFacts, WithoutAnAddressItIsWhatMayNotBeTouched) {
  code({0x55});  // push rbp
  const auto fault = fault_of(died(0, kStack), segfault(std::nullopt, "SI_KERNEL"));
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->address, kStack - 8) << "in the guard page";
}

TEST_F(FaultFacts, WhatMayBeReadAndWasRefusedWasWritten) {
  code({0x06});  // no instruction
  const auto fault = fault_of(died(0), segfault(kConstants + 8, "SEGV_ACCERR"));
  ASSERT_TRUE(fault && fault->area);
  EXPECT_EQ(fault->access, AccessKind::write);
  EXPECT_EQ(fault->area->path, "/lib/x.so");
  EXPECT_EQ(fault->area->file_offset, 0x2000U);
  EXPECT_FALSE(fault->area->file_size) << "this target opens no files";
  EXPECT_FALSE(fault->instruction);
}

TEST_F(FaultFacts, AJump) {
  native::ThreadStack thread = died(0);
  thread.stack.frames[0].pc = 0;
  const auto fault = fault_of(thread, segfault(0));
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->access, AccessKind::execute);
}

TEST_F(FaultFacts, SignalsThatSomebodySentAreNone) {
  code({0x48, 0x8b, 0x47, 0x10});
  model::Crash crash = segfault(std::nullopt, "SI_USER");
  crash.sender_pid = 7;
  EXPECT_FALSE(fault_of(died(0), crash));
  EXPECT_FALSE(describe_stack(target, died(0), crash));
  native::ThreadStack unknown{.tid = 5};
  unknown.unknown = "no registers";
  EXPECT_FALSE(fault_of(unknown, segfault(0)));
}

// raise() in a handler of the signal: [0] raise, [1] the handler's frame made by the kernel, [2] what was interrupted.
class FaultBelowHandler : public FaultFacts {
 protected:
  static constexpr Address kContext = kStackEnd - 0x800;

  native::ThreadStack handled(Address rdi) {
    native::ThreadStack thread = died(rdi);
    thread.stack.frames.insert(thread.stack.frames.begin(),
                               {native::RawNativeFrame{.pc = kCode + 0x100, .sp = kContext - 0x100},
                                native::RawNativeFrame{.pc = kCode + 0x200, .sp = kContext, .signal = true}});
    return thread;
  }

  // err, trapno, oldmask, cr2 of struct sigcontext.
  void trap(std::uint64_t error, std::uint64_t number, Address address) {
    memory.put(kContext + 192, std::array<std::uint64_t, 4>{error, number, 0, address});
  }

  static model::Crash raised() {
    model::Crash crash = segfault(std::nullopt, "SI_TKILL");
    crash.sender_pid = 5;
    return crash;
  }
};

TEST_F(FaultBelowHandler, IsFound) {
  code({0x48, 0x89, 0x47, 0x10});  // mov [rdi+0x10], rax
  trap(6, 14, 0x10);
  const auto fault = fault_of(handled(0), raised());
  ASSERT_TRUE(fault);
  EXPECT_TRUE(fault->handled);
  EXPECT_EQ(fault->pc, kCode);
  EXPECT_EQ(fault->address, 0x10U);
  EXPECT_EQ(fault->access, AccessKind::write);
}

TEST_F(FaultBelowHandler, AnOlderTrapIsNotBelieved) {
  code({0x48, 0x89, 0x47, 0x10});
  trap(6, 14, 0x7777);
  EXPECT_FALSE(fault_of(handled(0), raised()));
}

TEST_F(FaultBelowHandler, ASignalSentDuringASystemCallIsNone) {
  memory.map(kCode - 2, 2);
  code({0x0f, 0x05}, kCode - 2);  // syscall
  code({0x06});
  trap(6, 14, 0x10);
  EXPECT_FALSE(fault_of(handled(0), raised()));
}

TEST_F(FaultBelowHandler, AContextThatCannotBeRead) {
  native::ThreadStack thread = handled(0);
  thread.stack.frames[1].sp = 0x10;
  EXPECT_FALSE(fault_of(thread, raised()));
  thread.stack.frames.pop_back();
  EXPECT_FALSE(fault_of(thread, raised())) << "nothing stands below the handler";
}

TEST_F(FaultFacts, TheStackAndItsGuard) {
  const auto inside = describe_stack(target, died(0), segfault(0));
  ASSERT_TRUE(inside);
  EXPECT_EQ(inside->begin, kStack);
  EXPECT_EQ(inside->end, kStackEnd);
  EXPECT_EQ(inside->guard, kGuard);
  const auto over = describe_stack(target, died(0, kStack - 8), segfault(kStack - 8));
  ASSERT_TRUE(over);
  EXPECT_EQ(over->begin, kStack);
  EXPECT_EQ(over->sp, kStack - 8);
  EXPECT_FALSE(describe_stack(target, died(0, 0x10), segfault(0))) << "a stack pointer far from any stack";
  EXPECT_FALSE(describe_stack(target, died(0, ~Address{0}), segfault(0)));
}

}  // namespace
}  // namespace stillframe::postmortem

#endif
