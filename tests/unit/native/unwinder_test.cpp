#include "native/unwinder.h"

#include <gtest/gtest.h>

#include "native/fake_stack.h"

namespace stillframe::native {
namespace {

using testing::ByteBuilder;
using testing::FakeStack;

constexpr Address kStack = FakeStack::kStack;
constexpr std::uint64_t kRbx = 3;
constexpr std::uint64_t kRbp = 6;
constexpr std::uint64_t kRsp = 7;

// The functions of the fake file, by where they begin in it.
constexpr Address kStart = FakeStack::kText + 0x100;   // _start: its return address is undefined
constexpr Address kMain = FakeStack::kText + 0x200;    // CFA = rsp + 32
constexpr Address kLeaf = FakeStack::kText + 0x300;    // CFA = rsp + 8
constexpr Address kFramed = FakeStack::kText + 0x400;  // push rbp; mov rsp,rbp: CFA = rbp + 16
constexpr Address kSaver = FakeStack::kText + 0x500;   // CFA = rsp + 24, rbx saved at CFA - 16
constexpr Address kBare = FakeStack::kText + 0x600;    // no rules from here to 0x1000

class UnwinderTest : public ::testing::Test {
 protected:
  UnwinderTest() {
    fake_.function(kStart, 0x40, {DW_CFA_undefined, 16});
    fake_.sized_function(kMain, 0x40, 32);
    fake_.function(kLeaf, 0x40);
    fake_.function(kFramed, 0x40, {DW_CFA_def_cfa, 6, 16, DW_CFA_offset | 6, 2});
    fake_.function(kSaver, 0x40, {DW_CFA_def_cfa_offset, 24, DW_CFA_offset | 3, 2});
  }

  static Address in(Address function, Address offset = 0x20) { return FakeStack::kBase + function + offset; }

  // kMain, called by kStart, as it stands at the end of every stack here: kMain's frame begins at `at`.
  void put_main(Address at) { fake_.words(at, {0, 0, 0, fake_.call_before(in(kStart), in(kMain, 0))}); }

  NativeStack unwind(Address pc, std::initializer_list<std::pair<std::uint64_t, std::uint64_t>> registers) {
    if (fake_.mappings.empty()) {
      fake_.finish();
    }
    return fake_.unwind(pc, FakeStack::registers(registers));
  }

  static std::vector<Address> pcs(const NativeStack& stack) {
    std::vector<Address> all;
    for (const RawNativeFrame& frame : stack.frames) {
      all.push_back(frame.pc);
    }
    return all;
  }

  static bool ends_with(const NativeStack& stack, std::string_view part) {
    return stack.end_reason && stack.end_reason->find(part) != std::string::npos;
  }

  FakeStack fake_;
};

using Pcs = std::vector<Address>;

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

// Code without rules. Which function it is comes from symbols.
class GuessTest : public UnwinderTest {
 protected:
  GuessTest() {
    fake_.ask_for_functions = [](Module&, Address pc) -> std::optional<Modules::Range> {
      if (pc >= in(kBare, 0) && pc < in(kBare, 0x200)) {
        return Modules::Range{.begin = in(kBare, 0), .end = in(kBare, 0x200)};
      }
      return std::nullopt;
    };
  }
};

TEST_F(GuessTest, FollowsTheFramePointerOfAFunctionThatKeepsIt) {
  fake_.memory.put(in(kBare, 0), std::uint32_t{0xE5894855});  // push %rbp; mov %rsp,%rbp
  fake_.words(kStack + 0x100, {0, 0, kStack + 0x180, fake_.call_before(in(kMain), in(kBare, 0))});
  put_main(kStack + 0x120);
  auto stack = unwind(in(kBare), {{kRsp, kStack + 0x100}, {kRbp, kStack + 0x110}});
  EXPECT_EQ(pcs(stack), (Pcs{in(kBare), in(kMain), in(kStart)}));
  EXPECT_EQ(stack.frames[1].found_by, FoundBy::frame_pointer);
  EXPECT_EQ(stack.frames[1].registers.get(kRbp), kStack + 0x180);
  EXPECT_EQ(stack.frames[0].frame_end, kStack + 0x120);
  EXPECT_FALSE(stack.end_reason);
  // With endbr64 before it.
  fake_.memory.put(in(kBare, 0), std::uint32_t{0xFA1E0FF3});
  fake_.memory.put(in(kBare, 4), std::uint32_t{0xE5894855});
  stack = unwind(in(kBare), {{kRsp, kStack + 0x100}, {kRbp, kStack + 0x110}});
  ASSERT_EQ(stack.frames.size(), 3U);
  EXPECT_EQ(stack.frames[1].found_by, FoundBy::frame_pointer);
}

TEST_F(GuessTest, FindsTheReturnAddressOnTheStack) {
  // A kernel that uses rbp for something else and has two registers pushed.
  fake_.words(kStack + 0x100, {1, 2, 3, 0x9999, kStack + 0x300, fake_.call_before(in(kMain), in(kBare, 0))});
  put_main(kStack + 0x130);
  const auto stack = unwind(in(kBare), {{kRsp, kStack + 0x100}, {kRbp, 42}});
  EXPECT_EQ(pcs(stack), (Pcs{in(kBare), in(kMain), in(kStart)}));
  EXPECT_EQ(stack.frames[1].found_by, FoundBy::stack_scan);
  EXPECT_EQ(stack.frames[1].sp, kStack + 0x130);
  EXPECT_EQ(stack.frames[2].found_by, FoundBy::unwind_rules);
}

// What earlier calls left on the stack: a call of another function cannot have led here.
TEST_F(GuessTest, RefusesStaleReturnAddresses) {
  fake_.words(kStack + 0x100, {fake_.call_before(in(kSaver), in(kLeaf, 0)), 0, 0, in(kMain, 0x10)});
  fake_.words(kStack + 0x140, {fake_.call_before(in(kMain), in(kBare, 0))});
  put_main(kStack + 0x148);
  const auto stack = unwind(in(kBare), {{kRsp, kStack + 0x100}, {kRbp, 42}});
  EXPECT_EQ(pcs(stack), (Pcs{in(kBare), in(kMain), in(kStart)}));
  EXPECT_EQ(stack.frames[1].sp, kStack + 0x148);
}

// A word that looks right, but from which nothing leads on.
TEST_F(GuessTest, RefusesCandidatesThatLeadNowhere) {
  fake_.indirect_call_before(in(kSaver));
  fake_.words(kStack + 0x100, {in(kSaver), 1, 2, 3, 4, 5});
  fake_.words(kStack + 0x140, {fake_.call_before(in(kMain), in(kBare, 0))});
  put_main(kStack + 0x148);
  EXPECT_EQ(pcs(unwind(in(kBare), {{kRsp, kStack + 0x100}, {kRbp, 42}})), (Pcs{in(kBare), in(kMain), in(kStart)}));
}

// Memory that was never written reads like a return address of 0.
TEST_F(GuessTest, RefusesCandidatesThatLeadToNothing) {
  fake_.indirect_call_before(in(kSaver));
  fake_.words(kStack + 0x100, {in(kSaver), 0, 0, 0, 0, 0});
  fake_.words(kStack + 0x140, {fake_.call_before(in(kMain), in(kBare, 0))});
  put_main(kStack + 0x148);
  EXPECT_EQ(pcs(unwind(in(kBare), {{kRsp, kStack + 0x100}, {kRbp, 42}})), (Pcs{in(kBare), in(kMain), in(kStart)}));
}

// A call of a stub in the procedure linkage table, which jumps to the function.
TEST_F(GuessTest, TakesCallsOfAPlt) {
  const Address stub = in(kBare, 0x300);
  fake_.memory.put(stub, std::uint32_t{0xFA1E0FF3});  // endbr64
  fake_.memory.put(stub + 4, std::uint16_t{0x25FF});  // jmp *…(%rip)
  fake_.memory.put(stub + 6, std::int32_t{6});
  fake_.memory.put(stub + 16, in(kBare, 0));
  fake_.words(kStack + 0x100, {7, fake_.call_before(in(kMain), stub)});
  put_main(kStack + 0x110);
  EXPECT_EQ(pcs(unwind(in(kBare), {{kRsp, kStack + 0x100}, {kRbp, 42}})), (Pcs{in(kBare), in(kMain), in(kStart)}));
  fake_.memory.put(stub + 16, in(kLeaf, 0));
  EXPECT_EQ(unwind(in(kBare), {{kRsp, kStack + 0x100}, {kRbp, 42}}).frames.size(), 1U) << "of another function";
}

// An earlier call through a pointer left a whole chain: rules lead on from it, but another call fits better.
TEST_F(GuessTest, PrefersACallOfJustThisFunction) {
  fake_.words(kStack + 0x100, {fake_.indirect_call_before(in(kSaver))});
  fake_.words(kStack + 0x108, {0, 0, fake_.call_before(in(kMain), in(kSaver, 0))});
  put_main(kStack + 0x120);
  EXPECT_EQ(pcs(unwind(in(kBare), {{kRsp, kStack + 0x100}, {kRbp, 42}})),
            (Pcs{in(kBare), in(kSaver), in(kMain), in(kStart)}));
  fake_.words(kStack + 0x118, {fake_.call_before(in(kMain, 0x30), in(kBare, 0))});
  EXPECT_EQ(pcs(unwind(in(kBare), {{kRsp, kStack + 0x100}, {kRbp, 42}})),
            (Pcs{in(kBare), in(kMain, 0x30), in(kStart)}));
}

// Two functions without rules, one called by the other.
TEST_F(GuessTest, FollowsCallsBetweenFunctionsWithoutRules) {
  const Address caller = in(kBare, 0x180);
  fake_.ask_for_functions = [caller](Module&, Address pc) -> std::optional<Modules::Range> {
    const Address begin = pc < caller - 0x80 ? in(kBare, 0) : caller - 0x80;
    return Modules::Range{.begin = begin, .end = begin + 0x100};
  };
  fake_.words(kStack + 0x100, {1, fake_.call_before(caller, in(kBare, 0)), 2, 3});
  fake_.words(kStack + 0x120, {fake_.call_before(in(kMain), caller - 0x80)});
  put_main(kStack + 0x128);
  EXPECT_EQ(pcs(unwind(in(kBare), {{kRsp, kStack + 0x100}, {kRbp, 42}})),
            (Pcs{in(kBare), caller, in(kMain), in(kStart)}));
}

// The caller's CFA needs the frame pointer, which the bare function has pushed first.
TEST_F(GuessTest, FindsThePushedFramePointer) {
  fake_.words(kStack + 0x100, {1, kStack + 0x140, fake_.call_before(in(kFramed), in(kBare, 0))});
  fake_.words(kStack + 0x140, {0, fake_.call_before(in(kMain), in(kFramed, 0))});
  put_main(kStack + 0x150);
  const auto stack = unwind(in(kBare), {{kRsp, kStack + 0x100}, {kRbp, 42}});
  EXPECT_EQ(pcs(stack), (Pcs{in(kBare), in(kFramed), in(kMain), in(kStart)}));
}

TEST_F(GuessTest, ReadsTheLastWordsOfAStack) {
  // The return address lies in the last page, and less than what is read at once behind it.
  const Address end = kStack + FakeStack::kStackSize;
  fake_.words(end - 40, {fake_.call_before(in(kMain), in(kBare, 0))});
  put_main(end - 32);
  EXPECT_EQ(pcs(unwind(in(kBare), {{kRsp, end - 0x7F8}, {kRbp, 42}})), (Pcs{in(kBare), in(kMain), in(kStart)}));
}

// Code made at run time: no file, no symbols.
TEST_F(GuessTest, GuessesInAnonymousCode) {
  const Address jit = FakeStack::kJit + 0x100;
  fake_.words(kStack + 0x100, {1, 2, fake_.indirect_call_before(in(kMain))});
  put_main(kStack + 0x118);
  EXPECT_EQ(pcs(unwind(jit, {{kRsp, kStack + 0x100}, {kRbp, 42}})), (Pcs{jit, in(kMain), in(kStart)}));
}

TEST_F(GuessTest, TakesAFramePointerOfZeroForTheStartOfAThread) {
  // __clone of musl: no rules, called by nobody.
  fake_.words(kStack + 0x100, {fake_.indirect_call_before(in(kBare))});
  auto stack = unwind(in(kLeaf), {{kRsp, kStack + 0x100}, {kRbp, 0}});
  EXPECT_EQ(pcs(stack), (Pcs{in(kLeaf), in(kBare)}));
  EXPECT_FALSE(stack.end_reason);
  stack = unwind(in(kLeaf), {{kRsp, kStack + 0x100}, {kRbp, 1}});
  EXPECT_TRUE(stack.end_reason);
  EXPECT_FALSE(stack.lacks_registers);
  stack = unwind(in(kLeaf), {{kRsp, kStack + 0x100}});
  EXPECT_TRUE(stack.end_reason);
  EXPECT_TRUE(stack.lacks_registers) << "a stopped thread tells more: no guess before";
}

TEST_F(GuessTest, EndsAStackFullOfCandidates) {
  fake_.indirect_call_before(in(kSaver));
  for (Address at = kStack; at < kStack + FakeStack::kStackSize; at += 8) {
    fake_.words(at, {in(kBare)});
  }
  fake_.indirect_call_before(in(kBare));
  const auto stack = unwind(in(kBare), {{kRsp, kStack + 0x100}, {kRbp, kStack + 0x100}});
  EXPECT_TRUE(stack.end_reason);
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
