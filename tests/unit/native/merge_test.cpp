#include "native/merge.h"

#include <gtest/gtest.h>

#include "fake_memory.h"

namespace stillframe::native {
namespace {

constexpr Address kMergedStack = 0x7000;
constexpr Address kFrameSize = 0x100;

// Native frames of kFrameSize bytes, innermost first: frame i lies at kMergedStack + i * kFrameSize.
class MergeTest : public ::testing::Test {
 protected:
  MergeTest() { memory_.map(kMergedStack, 32 * kFrameSize); }

  // 'l': an evaluation loop; 'h': a handler in its place; '.': another function.
  void native(std::string_view parts) {
    for (const char part : parts) {
      const Address sp = at(stack_.frames.size());
      stack_.frames.push_back({.pc = 0x1000, .sp = sp, .frame_end = sp + kFrameSize});
      parts_.push_back(part == 'l' ? LoopPart::loop : (part == 'h' ? LoopPart::handler : LoopPart::none));
    }
  }

  static Address at(std::size_t frame, Address offset = 0) { return kMergedStack + frame * kFrameSize + offset; }

  // A Python call; the next ones called it. `mark` of one that began its loop.
  void python(bool entry = false, Address mark = 0) {
    chain_.frames.push_back({.address = object(chain_.frames.size()), .entry = entry, .c_stack_mark = mark});
  }

  static Address object(std::size_t call) { return 0x500000 + call * 0x100; }

  [[nodiscard]] Merged merged() const { return merge(chain_, stack_, parts_, memory_); }

  // "p2 n1": Python's call 2, then native frame 1: outermost first.
  [[nodiscard]] std::string order() const {
    std::string text;
    for (const MergedFrame& frame : merged().frames) {
      text += (text.empty() ? "" : " ") + std::string(frame.python ? "p" : "n") + std::to_string(frame.index);
    }
    return text;
  }

  [[nodiscard]] std::string conflict() const { return merged().conflict.value_or(""); }

  testing::FakeMemory memory_;
  cpython::FrameChain chain_;
  NativeStack stack_;
  std::vector<LoopPart> parts_;
};

TEST_F(MergeTest, PutsCallsInsideTheirLoop) {
  native(".l..");
  python(true, at(1, 0x40));
  EXPECT_EQ(order(), "n3 n2 n1 p0 n0");
  EXPECT_EQ(conflict(), "");
}

// From 3.11 on Python calls Python in one loop.
TEST_F(MergeTest, KeepsTheCallsOfOneLoopTogether) {
  native(".l.l.");
  python();
  python(true, at(1, 0x10));
  python();
  python();
  python(true, at(3, 0x10));
  EXPECT_EQ(order(), "n4 n3 p4 p3 p2 n2 n1 p1 p0 n0");
  EXPECT_EQ(conflict(), "");
}

// The mark, not the name, tells: a loop without symbols is found as well, and a frame's bounds are sharp.
TEST_F(MergeTest, NeedsNoSymbols) {
  native("....");
  python(true, at(0));
  python(true, at(2) - 1);
  EXPECT_EQ(order(), "n3 n2 n1 p1 n0 p0");
}

// Handlers of 3.14 that are called in the loop's place have a frame of their own inside of it.
TEST_F(MergeTest, PutsCallsInsideTheHandlers) {
  native("..hhl.");
  python(true, at(4, 8));
  EXPECT_EQ(order(), "n5 n4 n3 n2 p0 n1 n0");
  EXPECT_EQ(conflict(), "");
}

// The loop of an inner call can itself run in the place of another one.
TEST_F(MergeTest, KeepsCallsOutOfTheNextLoop) {
  native(".hhl.");
  python(true, at(1, 8));
  python(true, at(3, 8));
  EXPECT_EQ(order(), "n4 n3 n2 p1 n1 p0 n0");
}

// A handler of signals has a stack of its own, which lies anywhere.
TEST_F(MergeTest, FindsLoopsOnTwoStacks) {
  native(".l..l.");
  for (std::size_t i = 0; i < 3; ++i) {
    stack_.frames[i].sp += 0x10000;
    stack_.frames[i].frame_end += 0x10000;
  }
  python(true, at(1, 8) + 0x10000);
  python(true, at(4, 8));
  EXPECT_EQ(order(), "n5 n4 p1 n3 n2 n1 p0 n0");
  EXPECT_EQ(conflict(), "");
}

TEST_F(MergeTest, ShowsNativeFramesAloneWhereThereIsNoPython) {
  native("...");
  EXPECT_EQ(order(), "n2 n1 n0");
  EXPECT_EQ(conflict(), "");
}

TEST_F(MergeTest, ShowsPythonAloneWhereTheNativeStackIsEmpty) {
  stack_.end_reason = "it was not stopped: it runs, or waits for a page of memory";
  python();
  python(true, 0x123456);
  EXPECT_EQ(order(), "p1 p0");
  EXPECT_EQ(conflict(), "");
}

// The outer loops lie where the native stack could not be followed: nothing contradicts.
TEST_F(MergeTest, AllowsCutNativeStacks) {
  native(".l.");
  python(true, at(1, 8));
  python(true, at(20));
  stack_.end_reason = "the stack cannot be read";
  EXPECT_EQ(order(), "p1 n2 n1 p0 n0");
  EXPECT_EQ(conflict(), "");
}

TEST_F(MergeTest, FindsAConflictWhereTheWholeStackLacksALoop) {
  native(".l.");
  python(true, at(1, 8));
  python(true, at(20));
  EXPECT_EQ(conflict(), "1 of 2 evaluation loops were not found on the native stack");
  EXPECT_EQ(order(), "p1 p0 n2 n1 n0") << "side by side, Python first";
}

// A chain that is torn may lack calls, but what is there still has its place.
TEST_F(MergeTest, AllowsTornChains) {
  native(".l.l");
  python(true, at(1, 8));
  python();
  chain_.broken = cpython::ChainBreak{};
  EXPECT_EQ(order(), "p1 n3 n2 n1 p0 n0") << "not inside a loop that nothing says it began";
  EXPECT_EQ(conflict(), "");
}

TEST_F(MergeTest, FindsAConflictInTheWrongOrder) {
  native(".l.l");
  python(true, at(3, 8));
  python(true, at(1, 8));
  EXPECT_NE(conflict().find("another order"), std::string::npos) << conflict();
  EXPECT_EQ(order(), "p1 p0 n3 n2 n1 n0");
}

TEST_F(MergeTest, FindsAConflictWhereTwoLoopsWouldShareAFrame) {
  native(".l.");
  python(true, at(1, 8));
  python(true, at(1, 16));
  EXPECT_NE(conflict(), "");
}

// An inner loop is lost, an outer one is there, although the stack was followed past both.
TEST_F(MergeTest, FindsAConflictWhereAnInnerLoopIsLost) {
  native(".l.");
  stack_.end_reason = "the stack cannot be read";
  python(true, at(20));
  python(true, at(1, 16));
  EXPECT_NE(conflict(), "");
}

// To 3.9: each call has a loop of its own, which keeps the frame object in a register or on the stack.
class ReferencesTest : public MergeTest {
 protected:
  void hold(std::size_t frame, std::size_t call) { stack_.frames[frame].registers.set(3, object(call)); }
  void spill(std::size_t frame, std::size_t call) { memory_.put(at(frame, 0x48), object(call)); }
};

TEST_F(ReferencesTest, FindsTheFrameObjectInRegistersAndOnTheStack) {
  native(".l..l.");
  python(true);
  python(true);
  hold(1, 0);
  spill(4, 1);
  EXPECT_EQ(order(), "n5 n4 p1 n3 n2 n1 p0 n0");
  EXPECT_EQ(conflict(), "");
}

// A loop that is just being entered refers to no call of the chain yet; one that is being left no more.
TEST_F(ReferencesTest, SkipsALoopThatIsBeingEntered) {
  native("l.l.l");
  python(true);
  python(true);
  hold(2, 0);
  hold(4, 1);
  EXPECT_EQ(order(), "n4 p1 n3 n2 p0 n1 n0");
  EXPECT_EQ(conflict(), "");
}

// A caller's loop keeps its own frame object; that the callee's frame links to it too must not count.
TEST_F(ReferencesTest, TakesTheNearestCallFirst) {
  native("l.l");
  python(true);
  python(true);
  hold(0, 0);
  spill(0, 1);  // f_back
  hold(2, 1);
  EXPECT_EQ(order(), "n2 p1 n1 n0 p0");
  EXPECT_EQ(conflict(), "");
}

TEST_F(ReferencesTest, OnlyLooksIntoLoops) {
  native("..l");
  python(true);
  hold(0, 0);
  spill(1, 0);
  hold(2, 0);
  EXPECT_EQ(order(), "n2 p0 n1 n0");
}

TEST_F(ReferencesTest, FindsAConflictWhereNoLoopRefersToACall) {
  native(".l");
  python(true);
  EXPECT_EQ(conflict(), "1 of 1 evaluation loops were not found on the native stack");
  stack_.end_reason = "the stack cannot be read";
  EXPECT_EQ(conflict(), "");
  EXPECT_EQ(order(), "p0 n1 n0");
}

TEST_F(ReferencesTest, ReadsNoMoreOfAFrameThanMakesSense) {
  native("l");
  stack_.frames[0].frame_end = ~Address{0};
  python(true);
  stack_.end_reason = "";
  static_cast<void>(merged());
  EXPECT_LE(memory_.reads, 2000U);
  stack_.frames[0].frame_end = 0;  // not known
  EXPECT_EQ(order(), "p0 n0");
}

// A thousand times deeper than usual: who looks through all calls for each loop never comes to the end.
TEST_F(MergeTest, TakesTimeWithTheDepthAlone) {
  constexpr std::size_t kDepth = 600'000;
  native(std::string(kDepth, 'l'));
  for (std::size_t i = 0; i < kDepth; ++i) {
    python(true, at(i, 0x10));
  }
  const Merged result = merged();
  EXPECT_FALSE(result.conflict);
  EXPECT_EQ(result.frames.size(), 2 * kDepth);
}

}  // namespace
}  // namespace stillframe::native
