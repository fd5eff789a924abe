#include "native/unwinder.h"

#include <gtest/gtest.h>

#include "native/unwinder_fixture.h"

namespace stillframe::native {
namespace {

TEST_F(UnwinderTest, FollowsRulesToTheStart) {
  // A leaf, called by kSaver, called by kMain.
  fake_.words(kStack + 0x100, {fake_.call_before(in(kSaver), in(kLeaf, 0))});
  fake_.words(kStack + 0x108, {0, 0xB0B, fake_.call_before(in(kMain), in(kSaver, 0))});
  put_main(kStack + 0x120);
  const auto stack = unwind(in(kLeaf, 4), {{kRsp, kStack + 0x100}, {kRbx, 5}, {0, 6}});
  EXPECT_FALSE(stack.end_reason) << *stack.end_reason;
  ASSERT_EQ(pcs(stack), (Pcs{in(kLeaf, 4), in(kSaver), in(kMain), in(kStart)}));
  EXPECT_EQ(stack.frames[0].found_by, FoundBy::registers);
  EXPECT_FALSE(stack.frames[0].after_call);
  EXPECT_EQ(stack.frames[0].frame_end, kStack + 0x108);
  EXPECT_EQ(stack.frames[1].found_by, FoundBy::unwind_rules);
  EXPECT_TRUE(stack.frames[1].after_call);
  EXPECT_EQ(stack.frames[1].sp, kStack + 0x108);
  EXPECT_EQ(stack.frames[1].frame_end, kStack + 0x120);
  EXPECT_EQ(stack.frames[1].registers.get(kRbx), 5U) << "callee-saved, not touched by the leaf";
  EXPECT_FALSE(stack.frames[1].registers.get(0)) << "a call may change rax";
  EXPECT_EQ(stack.frames[2].registers.get(kRbx), 0xB0BU) << "restored";
  EXPECT_FALSE(stack.lacks_registers);
}

// The last instruction of a function can be a call that never returns: the return address belongs to the next function.
TEST_F(UnwinderTest, LooksBeforeReturnAddresses) {
  const Address behind = in(kSaver, 0x40);
  fake_.words(kStack + 0x100, {fake_.call_before(behind, in(kLeaf, 0))});
  fake_.words(kStack + 0x108, {0, 0, fake_.call_before(in(kMain), in(kSaver, 0))});
  put_main(kStack + 0x120);
  EXPECT_EQ(pcs(unwind(in(kLeaf), {{kRsp, kStack + 0x100}})), (Pcs{in(kLeaf), behind, in(kMain), in(kStart)}));
}

TEST_F(UnwinderTest, FollowsFramePointersWhereRulesSaySo) {
  fake_.words(kStack + 0x100, {0, 0, kStack + 0x140, fake_.call_before(in(kFramed), in(kFramed, 0))});
  fake_.words(kStack + 0x140, {0x77, fake_.call_before(in(kMain), in(kFramed, 0))});
  put_main(kStack + 0x150);
  const auto stack = unwind(in(kFramed, 8), {{kRsp, kStack + 0x100}, {kRbp, kStack + 0x110}});
  EXPECT_EQ(pcs(stack), (Pcs{in(kFramed, 8), in(kFramed), in(kMain), in(kStart)}));
  EXPECT_EQ(stack.frames[2].registers.get(kRbp), 0x77U);
  EXPECT_FALSE(stack.end_reason);
}

TEST_F(UnwinderTest, SaysWhichRegistersItLacks) {
  const auto stack = unwind(in(kFramed, 8), {{kRsp, kStack + 0x100}});
  EXPECT_EQ(stack.frames.size(), 1U);
  EXPECT_TRUE(stack.lacks_registers);
  EXPECT_TRUE(ends_with(stack, "registers")) << stack.end_reason.value_or("");
}

TEST_F(UnwinderTest, SaysThatTheReturnAddressIsInARegisterNotKnown) {
  fake_.function(kBare, 0x40, {DW_CFA_register, 16, 3});
  const auto stack = unwind(in(kBare, 8), {{kRsp, kStack + 0x100}});
  EXPECT_TRUE(stack.lacks_registers);
  EXPECT_TRUE(ends_with(stack, "registers")) << stack.end_reason.value_or("");
}

TEST_F(UnwinderTest, FollowsReturnAddressesInRegisters) {
  fake_.function(kBare, 0x40, {DW_CFA_def_cfa_offset, 8, DW_CFA_register, 16, 3});
  fake_.call_before(in(kMain), in(kBare, 0));
  put_main(kStack + 0x108);
  EXPECT_EQ(pcs(unwind(in(kBare, 8), {{kRsp, kStack + 0x100}, {kRbx, in(kMain)}})),
            (Pcs{in(kBare, 8), in(kMain), in(kStart)}));
}

// A handler on an alternate stack: the kernel's frame there leads back to the thread's own.
TEST_F(UnwinderTest, CrossesSignalFrames) {
  constexpr Address kTrampoline = kBare;
  // As glibc describes it: each register lies in the ucontext, whose place is known from the stack pointer.
  ByteBuilder rules{DW_CFA_def_cfa_expression, 3, DW_OP_breg7, 0x20, DW_OP_deref};
  rules.add({DW_CFA_expression, 7, 2, DW_OP_breg7, 0x20, DW_CFA_expression, 16, 2, DW_OP_breg7, 0x28});
  rules.add({DW_CFA_expression, 3, 2, DW_OP_breg7, 0x30});
  const Address signal_common = fake_.module.common("RS");
  fake_.module.function(signal_common, kTrampoline - 1, 0x11, rules);
  const Address other = FakeStack::kOtherStack + 0x800;
  fake_.words(other, {in(kTrampoline, 0)});  // the handler is a leaf
  fake_.words(other + 8 + 0x20, {kStack + 0x200, in(kLeaf, 0), 0xB0B});
  // It came at the very first instruction of the leaf: to look before it would be wrong.
  fake_.words(kStack + 0x200, {fake_.call_before(in(kMain), in(kLeaf, 0))});
  put_main(kStack + 0x208);
  const auto stack = unwind(in(kLeaf, 8), {{kRsp, other}});
  EXPECT_FALSE(stack.end_reason) << *stack.end_reason;
  ASSERT_EQ(pcs(stack), (Pcs{in(kLeaf, 8), in(kTrampoline, 0), in(kLeaf, 0), in(kMain), in(kStart)}));
  EXPECT_TRUE(stack.frames[1].signal);
  EXPECT_FALSE(stack.frames[0].signal);
  EXPECT_FALSE(stack.frames[2].after_call);
  EXPECT_EQ(stack.frames[2].sp, kStack + 0x200);
  EXPECT_EQ(stack.frames[2].registers.get(kRbx), 0xB0BU);
}

// The handler of a crash that came of a call through a null pointer.
TEST_F(UnwinderTest, CrossesASignalThatCameOfAJumpToNull) {
  const Address signal_common = fake_.module.common("RS");
  fake_.module.function(signal_common, kBare - 1, 0x11,
                        {DW_CFA_def_cfa_expression, 3, DW_OP_breg7, 0x20, DW_OP_deref, DW_CFA_expression, 7, 2,
                         DW_OP_breg7, 0x20, DW_CFA_expression, 16, 2, DW_OP_breg7, 0x28});
  fake_.words(kStack + 0x100, {in(kBare, 0)});
  fake_.words(kStack + 0x108 + 0x20, {kStack + 0x200, 0});
  fake_.words(kStack + 0x200, {fake_.indirect_call_before(in(kMain))});
  put_main(kStack + 0x208);
  const auto stack = unwind(in(kLeaf, 8), {{kRsp, kStack + 0x100}, {kRbp, 42}});
  EXPECT_EQ(pcs(stack), (Pcs{in(kLeaf, 8), in(kBare, 0), 0, in(kMain), in(kStart)}));
  EXPECT_FALSE(stack.end_reason);
}

TEST_F(UnwinderTest, EndsSignalsWithinSignals) {
  const Address signal_common = fake_.module.common("RS");
  // A frame that is its own caller.
  fake_.module.function(signal_common, kBare - 1, 0x41, {DW_CFA_same_value, 7, DW_CFA_register, 16, 3});
  const auto stack = unwind(in(kBare, 8), {{kRsp, kStack + 0x100}, {kRbx, in(kBare, 8)}});
  EXPECT_TRUE(ends_with(stack, "circles")) << stack.end_reason.value_or("");
  EXPECT_LT(stack.frames.size(), 100U);
}

TEST_F(UnwinderTest, EndsAtAReturnAddressOfNull) {
  fake_.words(kStack + 0x100, {0});
  const auto stack = unwind(in(kLeaf), {{kRsp, kStack + 0x100}});
  EXPECT_EQ(pcs(stack), Pcs{in(kLeaf)});
  EXPECT_FALSE(stack.end_reason);
}

TEST_F(UnwinderTest, EndsWhereTheStackCannotBeRead) {
  const auto stack = unwind(in(kLeaf), {{kRsp, 0x1000}});
  EXPECT_TRUE(ends_with(stack, "cannot be read")) << stack.end_reason.value_or("");
  EXPECT_FALSE(stack.lacks_registers);
}

TEST_F(UnwinderTest, EndsWhereTheReturnAddressIsNoCode) {
  fake_.words(kStack + 0x100, {kStack + 0x500});
  const auto stack = unwind(in(kLeaf), {{kRsp, kStack + 0x100}});
  EXPECT_EQ(pcs(stack), Pcs{in(kLeaf)});
  EXPECT_TRUE(ends_with(stack, "no code")) << stack.end_reason.value_or("");
}

TEST_F(UnwinderTest, EndsCircles) {
  // CFA = rbx, which lies further down; and one that stays where it is.
  fake_.function(kBare, 0x40, {DW_CFA_def_cfa, 3, 0, DW_CFA_same_value, 3});
  for (const Address to : {kStack + 0x80, kStack + 0x100}) {
    fake_.words(to - 8, {in(kBare)});
    const auto stack = unwind(in(kBare), {{kRsp, kStack + 0x100}, {kRbx, to}});
    EXPECT_TRUE(ends_with(stack, "circles")) << stack.end_reason.value_or("");
    EXPECT_LE(stack.frames.size(), 2U);
  }
}

TEST_F(UnwinderTest, EndsWhereRulesMakeNoSense) {
  fake_.function(kBare, 0x40, {DW_CFA_def_cfa_expression, 1, DW_OP_drop});
  const auto stack = unwind(in(kBare), {{kRsp, kStack + 0x100}});
  EXPECT_TRUE(ends_with(stack, "lead nowhere")) << stack.end_reason.value_or("");
}

// Expressions that never end, for every register of every call.
TEST_F(UnwinderTest, EndsStacksThatAskForTooMuch) {
  ByteBuilder rules{DW_CFA_def_cfa_offset, 16};
  for (const int number : {0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15}) {
    rules.add({DW_CFA_val_expression, number, 4, DW_OP_lit1, DW_OP_skip, 0xFD, 0xFF});
  }
  fake_.function(kBare, 0x40, rules);
  for (Address at = kStack + 0x108; at < kStack + FakeStack::kStackSize; at += 16) {
    fake_.words(at, {fake_.call_before(in(kBare), in(kBare, 0))});
  }
  const auto stack = unwind(in(kBare), {{kRsp, kStack + 0x100}});
  EXPECT_TRUE(ends_with(stack, "more work")) << stack.end_reason.value_or("");
  EXPECT_LT(stack.frames.size(), 2000U);
  EXPECT_GT(stack.frames.size(), 10U);
}

TEST_F(UnwinderTest, FollowsACallToNull) {
  fake_.words(kStack + 0x100, {fake_.indirect_call_before(in(kSaver))});
  fake_.words(kStack + 0x108, {0, 0xB0B, fake_.call_before(in(kMain), in(kSaver, 0))});
  put_main(kStack + 0x120);
  const auto stack = unwind(0, {{kRsp, kStack + 0x100}, {kRbp, 42}});
  EXPECT_EQ(pcs(stack), (Pcs{0, in(kSaver), in(kMain), in(kStart)}));
  EXPECT_EQ(stack.frames[1].found_by, FoundBy::stack_scan);
  EXPECT_FALSE(stack.end_reason);
  const auto data = unwind(kStack + 8, {{kRsp, kStack + 0x100}, {kRbp, 42}});
  EXPECT_EQ(data.frames.size(), 4U) << "the same into memory that is no code";
}

TEST_F(UnwinderTest, EndsAJumpToNullWithNothingOnTheStack) {
  const auto stack = unwind(0, {{kRsp, kStack + 0x100}, {kRbp, 0}});
  EXPECT_EQ(stack.frames.size(), 1U);
  EXPECT_TRUE(stack.end_reason) << "a frame pointer of 0 is not the thread's start here";
}

TEST(KnownRegisters, AreThoseOfAThreadOrOfASystemCall) {
  target::Registers registers{.dwarf = std::vector<std::uint64_t>(17, 5), .pc = 1, .sp = 9};
  const auto all = known_registers(registers);
  EXPECT_EQ(all.get(kRbx), 5U);
  EXPECT_EQ(all.get(kRsp), 9U);
  registers.dwarf.resize(100);
  EXPECT_EQ(known_registers(registers).get(16), 5U) << "more than are known here are passed over";
  const auto call = known_registers(target::Syscall{.sp = 9, .pc = 1});
  EXPECT_EQ(call.get(kRsp), 9U);
  EXPECT_FALSE(call.get(kRbx));
}

}  // namespace
}  // namespace stillframe::native
