#include "cpython/stacks/frames.h"

#include <gtest/gtest.h>

#include "cpython/every_layout.h"

namespace stillframe::cpython {
namespace {

using Address = memory::Address;

constexpr Address kNowhere = 0x7fff'dead'b000;

class EveryLayoutFrames : public testing::EveryLayout {
 protected:
  FrameChain walk(Address of) {
    codes.emplace(objects, python.code_type);
    names.clear();
    FrameChain chain = walk_frames(objects, *codes, of);
    for (const RawFrame& frame : chain.frames) {
      names.push_back(frame.code->name);
    }
    return chain;
  }

  Offset link_field() const { return python.light_frames() ? layout.frame.previous : layout.frame_object.back; }
  Offset code_field() const { return python.light_frames() ? layout.frame.executable : layout.frame_object.code; }

  // From 3.11 on the frames of calls lie in chunks that the thread state knows: one that spans all
  // that is made after it.
  void put_into_data_stack() {
    python.memory.put(data_stack + 8, std::uint64_t{1} << 32U);
    python.set(thread, layout.thread.datastack_chunk, data_stack);
  }

  // module <- outer <- inner
  Address data_stack = python.allocate(64);
  Address code = python.code("inner", "/srv/app.py", 12);
  Address module_frame = python.frame(python.code("<module>", "/srv/app.py", 1), 0);
  Address outer_code = python.code("outer", "/srv/app.py", 20);
  Address outer_frame = python.frame(outer_code, module_frame);
  Address inner_frame = python.frame(code, outer_frame);
  Address thread = python.thread(python.interpreter(), inner_frame, 0x7f00'0000'1000);
  std::vector<std::string> names;
  std::optional<CodeCache> codes;  // the frames point into it
};
SF_EVERY_LAYOUT(EveryLayoutFrames);

TEST_P(EveryLayoutFrames, WalksFromTheInnermostOutwards) {
  const auto chain = walk(thread);
  EXPECT_EQ(chain.broken, std::nullopt);
  EXPECT_EQ(names, (std::vector<std::string>{"inner", "outer", "<module>"}));
  EXPECT_EQ(chain.frames.front().lasti, 4);
  EXPECT_EQ(chain.frames.front().code->filename, "/srv/app.py");
  EXPECT_EQ(chain.frames.front().code->first_line, 12);
  EXPECT_TRUE(chain.frames.back().entry);
}

TEST_P(EveryLayoutFrames, AThreadWithoutFramesIsWhole) {
  python.set_top(thread, 0);
  const auto chain = walk(thread);
  EXPECT_TRUE(chain.frames.empty());
  EXPECT_EQ(chain.broken, std::nullopt);
}

TEST_P(EveryLayoutFrames, CutsEveryCycleAndSaysSo) {
  for (const Address back_to : {inner_frame, outer_frame, module_frame}) {
    python.set(module_frame, link_field(), back_to);
    const auto chain = walk(thread);
    EXPECT_TRUE(chain.broken) << back_to;
    EXPECT_LT(chain.frames.size(), 20);
  }
}

TEST_P(EveryLayoutFrames, AChainIntoNowhereIsMarked) {
  for (const Address hostile : {kNowhere, Address{1}, ~Address{0}, Address{1} << 63U}) {
    python.set(outer_frame, link_field(), hostile);
    const auto chain = walk(thread);
    EXPECT_TRUE(chain.broken) << hostile;
    EXPECT_EQ(chain.frames.size(), 2) << hostile;
  }
}

TEST_P(EveryLayoutFrames, GoesOnBehindACodeObjectThatTheCoreHasLost) {
  put_into_data_stack();
  python.memory.lose(outer_code, 64);
  const auto chain = walk(thread);
  EXPECT_EQ(chain.broken, std::nullopt);
  EXPECT_EQ(names, (std::vector<std::string>{"inner", "", "<module>"}));
  EXPECT_TRUE(chain.frames[1].code->lost);
  EXPECT_EQ(chain.frames[1].code->address, outer_code);
  EXPECT_FALSE(chain.frames[1].instruction_known);
}

// Nothing shows that a lost object was a code object: then the frame must be beyond doubt.
TEST_P(EveryLayoutFrames, AStrangeFrameWithALostCodeObjectEndsTheChain) {
  put_into_data_stack();
  const Address lost = python.allocate(1024);
  python.memory.lose(lost, 1024);
  python.set(outer_frame, code_field(), lost);
  if (python.light_frames()) {
    EXPECT_TRUE(walk(thread).broken) << "the instruction is another code object's";
    python.set(outer_frame, layout.frame.instr_ptr, lost + layout.code.code_adaptive.value() + 4);
    EXPECT_FALSE(walk(thread).broken);
    python.memory.put(data_stack + 8, std::uint64_t{4096});
    EXPECT_TRUE(walk(thread).broken) << "the frame lies outside the thread's data stack";
  } else {
    EXPECT_FALSE(walk(thread).broken);
    python.set(outer_frame, layout.frame_object.lasti, std::int32_t{-2});
    EXPECT_TRUE(walk(thread).broken);
    python.set(outer_frame, layout.frame_object.lasti, std::int32_t{2});
    python.set(outer_frame, layout.object.type, python.dict_type);
    EXPECT_TRUE(walk(thread).broken);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"inner"}));
}

TEST_P(EveryLayoutFrames, AFrameWithoutACodeObjectEndsTheChain) {
  for (const Address hostile : {Address{0}, kNowhere, Address{8}, python.type_type, ~Address{0}}) {
    python.set(outer_frame, code_field(), hostile);
    const auto chain = walk(thread);
    EXPECT_TRUE(chain.broken) << hostile;
    EXPECT_EQ(chain.frames.size(), 1) << hostile;
  }
}

TEST_P(EveryLayoutFrames, AThreadStateInNowhereIsMarked) {
  for (const Address hostile : {Address{0}, kNowhere, ~Address{0}, ~Address{0} - 64}) {
    EXPECT_TRUE(walk(hostile).broken) << hostile;
  }
}

TEST_P(EveryLayoutFrames, AChainCutInTheMiddleIsNotShownAsWhole) {
  if (!python.light_frames()) {
    GTEST_SKIP() << "to 3.10 nothing marks the outermost frame";
  }
  python.set(outer_frame, layout.frame.previous, Address{0});
  EXPECT_TRUE(walk(thread).broken);
}

TEST_P(EveryLayoutFrames, OwnersThatDoNotExistAreNoFrames) {
  if (!python.light_frames()) {
    GTEST_SKIP() << "frames have owners from 3.11 on";
  }
  for (const int owner : {5, 6, 127, 255}) {
    python.set(outer_frame, layout.frame.owner, static_cast<std::uint8_t>(owner));
    EXPECT_TRUE(walk(thread).broken) << owner;
  }
}

TEST_P(EveryLayoutFrames, AnInstructionOutsideTheCodeIsNotKnown) {
  if (!python.light_frames()) {
    GTEST_SKIP() << "frames point at their instruction from 3.11 on";
  }
  const Address begin = code + layout.code.code_adaptive.value();
  for (const Address hostile : {begin + 64, begin + 65, kNowhere, ~Address{0}, Address{0}, Address{1} << 63U}) {
    python.set(inner_frame, layout.frame.instr_ptr, hostile);
    const auto chain = walk(thread);
    ASSERT_EQ(chain.frames.size(), 3) << hostile;
    EXPECT_FALSE(chain.frames.front().instruction_known) << hostile;
    EXPECT_EQ(chain.frames.front().lasti, -1);
  }
}

TEST_P(EveryLayoutFrames, ACallThatIsStillBeingSetUpIsNoFrame) {
  if (!python.light_frames()) {
    GTEST_SKIP() << "from 3.11 on";
  }
  python.set(code, layout.code.firsttraceable, std::int32_t{3});
  const auto chain = walk(thread);
  EXPECT_EQ(chain.broken, std::nullopt);
  EXPECT_EQ(names, (std::vector<std::string>{"outer", "<module>"}));
}

TEST_P(EveryLayoutFrames, ATracedFramesOwnLineCounts) {
  if (python.light_frames()) {
    GTEST_SKIP() << "to 3.10";
  }
  python.set(inner_frame, layout.frame_object.trace, python.type_type);
  python.set(inner_frame, layout.frame_object.lineno, std::int32_t{17});
  EXPECT_EQ(walk(thread).frames.front().traced_line, 17);
  python.set(inner_frame, layout.frame_object.lineno, std::int32_t{-17});
  EXPECT_EQ(walk(thread).frames.front().traced_line, std::nullopt);
}

TEST_P(EveryLayoutFrames, DeepRecursionIsWalkedToItsEnd) {
  constexpr std::size_t kDepth = 20'000;
  Address top = inner_frame;
  for (std::size_t i = 0; i < kDepth; ++i) {
    top = python.frame(code, top);
  }
  python.set_top(thread, top);
  const auto chain = walk(thread);
  EXPECT_EQ(chain.broken, std::nullopt);
  EXPECT_EQ(chain.frames.size(), kDepth + 3);
}

TEST_P(EveryLayoutFrames, CopiesOfTheBytecodeAreIndexedWithinBounds) {
  if (!layout.frame.tlbc_index.present()) {
    GTEST_SKIP() << "free-threaded builds from 3.14 on";
  }
  const Address copies = python.allocate(64);
  const Address copy = python.allocate(64);
  python.memory.put(copies, std::int64_t{2});
  python.memory.put(copies + 16, copy);
  python.set(code, layout.code.tlbc, copies);
  python.set(inner_frame, layout.frame.tlbc_index, std::int32_t{1});
  python.set(inner_frame, layout.frame.instr_ptr, copy + 6);
  EXPECT_EQ(walk(thread).frames.front().lasti, 6);
  for (const std::int32_t hostile : {2, 3, 0x7fffffff, -1}) {
    python.set(inner_frame, layout.frame.tlbc_index, hostile);
    const auto chain = walk(thread);
    ASSERT_EQ(chain.frames.size(), 3);
    EXPECT_FALSE(chain.frames.front().instruction_known) << hostile;
  }
}

TEST(ChainGuard, CutsACycleOfAnyLength) {
  for (const Address length : {1U, 2U, 3U, 64U, 1000U}) {
    ChainGuard guard(kMaxFrames);
    Address steps = 0;
    while (guard.step(1 + steps % length)) {
      ++steps;
    }
    EXPECT_LE(steps, 4 * length + 4) << length;
  }
}

TEST(ChainGuard, BoundsAChainThatNeverRepeats) {
  ChainGuard guard(1000);
  Address steps = 0;
  while (guard.step(++steps * 8)) {
  }
  EXPECT_EQ(steps, 1001);
}

}  // namespace
}  // namespace stillframe::cpython
