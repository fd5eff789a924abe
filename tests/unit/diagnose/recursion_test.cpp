#include "diagnose/recursion.h"

#include <gtest/gtest.h>

#include <string>

#include "diagnose/stills.h"

namespace stillframe::diagnose {
namespace {

using model::Frame;

Recursion recursion_in(const std::vector<Frame>& frames, RecursionLimits limits) {
  std::vector<const Frame*> calls;
  for (const Frame& frame : frames) {
    calls.push_back(&frame);
  }
  return find_recursion(calls, limits);
}

// A stack of functions that are called by these letters, each at a line of its own.
std::vector<Frame> stack_of(std::string_view letters) {
  std::vector<Frame> frames;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    frames.push_back(python_frame("/srv/app.py", static_cast<int>(i), letters.substr(i, 1)));
  }
  return frames;
}

TEST(Recursion, NoneInAnOrdinaryStack) {
  EXPECT_TRUE(recursion_in({}, {.rounds = 2}).round.empty());
  EXPECT_TRUE(recursion_in(stack_of("abcdefghij"), {.rounds = 2}).round.empty());
  EXPECT_EQ(recursion_in(stack_of("abcdefghij"), {.rounds = 2}).rounds(), 0U);
}

TEST(Recursion, OfFunctionsInTurnWhateverTheirLines) {
  const auto frames = stack_of("xyabcabcabcabc");
  const Recursion found = recursion_in(frames, {.rounds = 4});
  ASSERT_EQ(found.round.size(), 3U);
  EXPECT_EQ(found.round.front(), &frames[8]);
  EXPECT_EQ(found.calls, 12U);
  EXPECT_EQ(found.rounds(), 4U);
  EXPECT_TRUE(recursion_in(frames, {.rounds = 5}).round.empty());
  EXPECT_TRUE(recursion_in(frames, {.calls = 13, .rounds = 2}).round.empty());
}

TEST(Recursion, CallsInsideOfItArePassedOver) {
  const auto frames = stack_of("abababababpq");
  const Recursion found = recursion_in(frames, {.rounds = 5});
  ASSERT_EQ(found.round.size(), 2U);
  EXPECT_EQ(found.round.back(), &frames[7]);
}

TEST(Recursion, FunctionsWithoutANameAreToldApartByTheirPlace) {
  std::vector<Frame> frames;
  for (std::uint64_t i = 0; i < 32; ++i) {
    frames.push_back(native_frame(""));
    frames.back().address = 0x1000 + i;
  }
  EXPECT_TRUE(recursion_in(frames, {.rounds = 8}).round.empty());
  for (Frame& frame : frames) {
    frame.address = 0x1000;
  }
  EXPECT_EQ(recursion_in(frames, {.rounds = 8}).rounds(), 32U);
}

}  // namespace
}  // namespace stillframe::diagnose
