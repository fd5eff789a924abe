// Unwinding through code that has no rules.
#include <gtest/gtest.h>

#include "native/unwinder.h"
#include "native/unwinder_fixture.h"

namespace stillframe::native {
namespace {

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

}  // namespace
}  // namespace stillframe::native
