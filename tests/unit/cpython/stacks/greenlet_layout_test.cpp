#include "cpython/stacks/greenlet_layout.h"

#include <gtest/gtest.h>

namespace stillframe {
namespace {

using cpython::absent;
using cpython::greenlet_layout;
using cpython::GreenletLayout;
using cpython::PythonVersion;

GreenletLayout layout(PythonVersion greenlet, PythonVersion python, bool free_threaded = false) {
  const auto* table = cpython::find_layout(python, {.debug = false, .free_threaded = free_threaded});
  const auto found = table != nullptr ? greenlet_layout(greenlet, *table) : std::nullopt;
  EXPECT_TRUE(found.has_value());
  return found.value_or(GreenletLayout{});
}

// Offsets counted by hand in the headers of those versions.

TEST(GreenletLayoutOf, Version1KeepsAllInTheObject) {
  const auto on_2_7 = layout({1, 1, 3}, {2, 7, 0});
  EXPECT_EQ(on_2_7.pimpl, absent);
  EXPECT_EQ(on_2_7.stack_start, 16U);
  EXPECT_EQ(on_2_7.stack_saved, 40U);
  EXPECT_EQ(on_2_7.parent, 56U);
  EXPECT_EQ(on_2_7.top_frame, 72U);
  EXPECT_EQ(on_2_7.size, 128U);
  const auto on_3_10 = layout({1, 1, 3}, {3, 10, 0});
  EXPECT_EQ(on_3_10.cframe, 152U);
  EXPECT_EQ(on_3_10.size, 160U);
  EXPECT_EQ(layout({1, 1, 3}, {3, 8, 0}).cframe, absent);
}

TEST(GreenletLayoutOf, Version2HasItsSelfBehindTheState) {
  const auto on_3_10 = layout({2, 0, 2}, {3, 10, 0});
  EXPECT_EQ(on_3_10.pimpl, 32U);
  EXPECT_EQ(on_3_10.stack_start, 64U);
  EXPECT_EQ(on_3_10.top_frame, 112U);
  EXPECT_EQ(on_3_10.cframe, 120U);
  EXPECT_EQ(on_3_10.self, 144U);
  EXPECT_EQ(on_3_10.main_greenlet, 152U);
  EXPECT_EQ(on_3_10.thread_state, 152U);
  const auto on_2_7 = layout({2, 0, 2}, {2, 7, 0});
  EXPECT_EQ(on_2_7.stack_start, 48U);
  EXPECT_EQ(on_2_7.top_frame, 88U);
  EXPECT_EQ(on_2_7.self, 104U);
}

TEST(GreenletLayoutOf, Version3OnPython312) {
  const auto first = layout({3, 0, 1}, {3, 12, 0});
  EXPECT_EQ(first.current_frame, 128U);
  EXPECT_EQ(first.behind_top, 160U);
  EXPECT_FALSE(first.relinked);
  EXPECT_EQ(first.self, 168U);
  const auto later = layout({3, 1, 1}, {3, 12, 0});
  EXPECT_EQ(later.self, 8U);
  EXPECT_EQ(later.stack_start, 56U);
  EXPECT_EQ(later.top_frame, 104U);
  EXPECT_EQ(later.cframe, 112U);
  EXPECT_EQ(later.current_frame, 136U);
  EXPECT_EQ(later.behind_top, absent);
  EXPECT_TRUE(later.relinked);
  EXPECT_EQ(later.main_greenlet, 168U);
  EXPECT_EQ(later.thread_state, 176U);
}

TEST(GreenletLayoutOf, Python313And314LostTheCFrame) {
  EXPECT_EQ(layout({3, 2, 4}, {3, 13, 0}).current_frame, 128U);
  EXPECT_EQ(layout({3, 5, 3}, {3, 13, 0}).current_frame, 136U);
  EXPECT_EQ(layout({3, 5, 3}, {3, 13, 0}).cframe, absent);
  EXPECT_EQ(layout({3, 2, 0}, {3, 14, 0}).current_frame, 128U);
  EXPECT_EQ(layout({3, 2, 4}, {3, 14, 0}).current_frame, 136U);
  EXPECT_EQ(layout({3, 3, 0}, {3, 14, 0}).current_frame, 144U);
  EXPECT_EQ(layout({3, 5, 6}, {3, 14, 0}).current_frame, 152U);
  EXPECT_EQ(layout({3, 5, 6}, {3, 14, 0}, true).current_frame, 184U);
}

TEST(GreenletLayoutOf, OtherVersionsAreNotKnown) {
  const auto* table = cpython::find_layout({3, 12, 0}, {});
  ASSERT_NE(table, nullptr);
  EXPECT_FALSE(greenlet_layout({0, 4, 17}, *table));
  EXPECT_FALSE(greenlet_layout({4, 0, 0}, *table));
}

}  // namespace
}  // namespace stillframe
