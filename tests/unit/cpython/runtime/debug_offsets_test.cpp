#include "cpython/runtime/debug_offsets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "cpython/every_layout.h"

namespace stillframe::cpython {
namespace {

using Address = memory::Address;

constexpr Address kRuntime = 0x5500'0000'0000;

// The target's own offsets, filled from a table: what a sound target says.
class OwnOffsetsTest : public ::testing::TestWithParam<const Layout*> {
 protected:
  const Layout& layout = *GetParam();
  testing::FakeMemory memory;

  void SetUp() override {
    memory.map(kRuntime, std::max<std::size_t>(layout.debug_offsets.size, 64));
    memory.put_text(kRuntime, "xdebugpy");
    const std::uint64_t version =
        (std::uint64_t{layout.version.major} << 24U) | (std::uint64_t{layout.version.minor} << 16U) | 0x04f0U;
    memory.put(kRuntime + 8, version);
    memory.put(kRuntime + 16, std::uint64_t{layout.build.free_threaded});
    const auto& places = layout.debug_offsets;
    put(places.thread_size, layout.thread.size);
    put(places.thread_prev, layout.thread.prev.value());
    put(places.thread_next, layout.thread.next.value());
    put(places.thread_interp, layout.thread.interp.value());
    put(places.code_size, layout.code.size);
    put(places.code_filename, layout.code.filename.value());
  }

  void put(Offset place, std::uint64_t value) {
    if (place.present()) {
      memory.put(kRuntime + place.value(), value);
    }
  }
};

std::vector<const Layout*> layouts_with_own_offsets() {
  std::vector<const Layout*> layouts;
  std::ranges::copy_if(all_layouts(), std::back_inserter(layouts),
                       [](const Layout* one) { return one->debug_offsets.size != 0; });
  return layouts;
}

INSTANTIATE_TEST_SUITE_P(CPython, OwnOffsetsTest, ::testing::ValuesIn(layouts_with_own_offsets()),
                         [](const auto& tested) { return testing::layout_name(*tested.param); });

TEST_P(OwnOffsetsTest, TellVersionAndBuild) {
  const auto identity = read_debug_offsets_identity(memory, kRuntime);
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->version, (PythonVersion{layout.version.major, layout.version.minor, 4}));
  EXPECT_EQ(identity->free_threaded, layout.build.free_threaded);
}

TEST_P(OwnOffsetsTest, AreTakenOver) {
  put(layout.debug_offsets.thread_next, 40);
  const auto own = apply_debug_offsets(layout, memory, kRuntime);
  ASSERT_TRUE(own);
  EXPECT_EQ(own->layout.thread.next, Offset(40));
  EXPECT_EQ(own->layout.thread.interp, layout.thread.interp);
  EXPECT_EQ(own->layout.code.filename, layout.code.filename);
}

TEST_P(OwnOffsetsTest, ThatMakeNoSenseAreNotTakenOverAndReported) {
  for (const std::uint64_t hostile : {std::uint64_t{layout.thread.size} + 1, std::uint64_t{1} << 32U,
                                      (std::uint64_t{1} << 32U) + 16, std::uint64_t{1} << 63U, ~std::uint64_t{0}}) {
    put(layout.debug_offsets.thread_next, hostile);
    const auto own = apply_debug_offsets(layout, memory, kRuntime);
    ASSERT_TRUE(own);
    EXPECT_EQ(own->layout.thread.next, layout.thread.next) << hostile;
    EXPECT_TRUE(
        std::ranges::any_of(own->warnings, [](const std::string& warning) { return warning.contains("thread.next"); }));
  }
}

TEST_P(OwnOffsetsTest, AStructureOfImpossibleSizeMakesAllItsOffsetsWorthless) {
  for (const std::uint64_t hostile : {std::uint64_t{1} << 63U, ~std::uint64_t{0}, std::uint64_t{1} << 40U}) {
    put(layout.debug_offsets.thread_size, hostile);
    put(layout.debug_offsets.thread_next, 40);
    const auto own = apply_debug_offsets(layout, memory, kRuntime);
    ASSERT_TRUE(own);
    EXPECT_EQ(own->layout.thread.next, layout.thread.next) << hostile;
  }
}

// Whatever every one of its words says, no offset becomes larger than any structure is.
TEST_P(OwnOffsetsTest, AnyBytesGiveOffsetsWithinBounds) {
  for (const std::uint64_t fill : {std::uint64_t{0}, std::uint64_t{8}, std::uint64_t{0xffff'ffff}, ~std::uint64_t{0},
                                   std::uint64_t{1} << 20U, (std::uint64_t{1} << 20U) + 1, std::uint64_t{1} << 63U}) {
    for (std::uint32_t at = 24; at + 8 <= layout.debug_offsets.size; at += 8) {
      memory.put(kRuntime + at, fill);
    }
    const auto own = apply_debug_offsets(layout, memory, kRuntime);
    ASSERT_TRUE(own);
    const auto check = [](Offset offset, const char* name) {
      EXPECT_TRUE(!offset.present() || offset.value() <= (2U << 20U)) << name;
    };
// NOLINTBEGIN(bugprone-macro-parentheses)
#define SF_STRUCT(group, types)
#define SF_FIELD(group, name, paths) check(own->layout.group.name, #group "." #name);
#define SF_END(group)
#include "cpython/dialects/layouts/fields.def"
#undef SF_STRUCT
#undef SF_FIELD
#undef SF_END
    // NOLINTEND(bugprone-macro-parentheses)
  }
}

TEST_P(OwnOffsetsTest, NeedTheCookie) {
  memory.put_text(kRuntime, "xdebugpz");
  EXPECT_FALSE(read_debug_offsets_identity(memory, kRuntime));
  EXPECT_FALSE(apply_debug_offsets(layout, memory, kRuntime));
}

TEST_P(OwnOffsetsTest, CutOffMemoryGivesNone) {
  testing::FakeMemory cut;
  cut.map(kRuntime, layout.debug_offsets.size - 8);
  cut.put_text(kRuntime, "xdebugpy");
  EXPECT_FALSE(apply_debug_offsets(layout, cut, kRuntime));
  EXPECT_FALSE(apply_debug_offsets(layout, cut, 0));
  EXPECT_FALSE(read_debug_offsets_identity(cut, ~Address{0} - 3));
}

}  // namespace
}  // namespace stillframe::cpython
