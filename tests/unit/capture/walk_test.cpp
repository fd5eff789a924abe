#include "capture/walk.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <new>

#include "cpython/every_layout.h"
#include "cpython/stacks/frames.h"

namespace stillframe::capture {
namespace {

using cpython::Address;
using cpython::ChainEnd;

class EveryLayoutWalk : public testing::EveryLayout {
 protected:
  Address code = python.code("work", "/srv/app.py", 3);
  Address interpreter = python.interpreter();
  Address outer = python.frame(code, 0);
  Address inner = python.frame(code, outer);
  Address thread = python.thread(interpreter, inner, 0x7f00'0000'1000);
  std::array<RawCall, 8> room{};
};
SF_EVERY_LAYOUT(EveryLayoutWalk);

// A still's own walk is the witness.
TEST_P(EveryLayoutWalk, GivesTheFramesOfAStill) {
  cpython::CodeCache codes(objects, python.code_type);
  const auto still = cpython::walk_frames(objects, codes, thread);
  const Walked walked = walk(objects, thread, room);
  EXPECT_FALSE(walked.broken);
  ASSERT_EQ(walked.count, still.frames.size());
  for (std::size_t i = 0; i < walked.count; ++i) {
    EXPECT_EQ(room[i].frame, still.frames[i].address);
    EXPECT_EQ(room[i].code, still.frames[i].code->address);
    EXPECT_EQ(room[i].entry, still.frames[i].entry);
  }
}

TEST_P(EveryLayoutWalk, EndsWhereTheRoomDoes) {
  const Walked walked = walk(objects, thread, std::span(room).first(1));
  EXPECT_EQ(walked.count, 1);
  ASSERT_TRUE(walked.broken);
  EXPECT_EQ(walked.broken->end, ChainEnd::room);
  EXPECT_EQ(walked.broken->at, outer);
}

TEST_P(EveryLayoutWalk, ACycleEndsWithTheRoom) {
  python.set(outer, layout.frame.previous, inner);
  python.set(outer, layout.frame_object.back, inner);
  const Walked walked = walk(objects, thread, room);
  EXPECT_EQ(walked.count, room.size());
  EXPECT_TRUE(walked.broken);
}

TEST_P(EveryLayoutWalk, ACycleOfShimsEnds) {
  if (!python.has_shims()) {
    GTEST_SKIP() << "not of this version";
  }
  const Address shim = python.shim();
  python.set(shim, layout.frame.previous, shim);
  python.set(outer, layout.frame.previous, shim);
  const Walked walked = walk(objects, thread, room);
  EXPECT_EQ(walked.count, 2);
  ASSERT_TRUE(walked.broken);
  EXPECT_EQ(walked.broken->end, ChainEnd::cycle);
}

TEST_P(EveryLayoutWalk, TellsWhatCannotBeRead) {
  python.set_top(thread, 0x7fff'dead'b000);
  const Walked walked = walk(objects, thread, room);
  EXPECT_EQ(walked.count, 0);
  ASSERT_TRUE(walked.broken);
  EXPECT_EQ(walked.broken->end, ChainEnd::unreadable);
  EXPECT_EQ(walk(objects, 0x7fff'dead'b000, room).broken->end, ChainEnd::no_thread_state);
}

TEST_P(EveryLayoutWalk, AThreadWithoutACallIsWhole) {
  python.set_top(thread, 0);
  const Walked walked = walk(objects, thread, room);
  EXPECT_EQ(walked.count, 0);
  EXPECT_FALSE(walked.broken);
}

}  // namespace
}  // namespace stillframe::capture
