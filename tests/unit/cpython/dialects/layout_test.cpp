#include "cpython/dialects/layout.h"

#include <gtest/gtest.h>

#include <set>

#include "cpython/every_layout.h"

namespace stillframe::cpython {
namespace {

class EveryLayoutTable : public ::testing::TestWithParam<const Layout*> {
 protected:
  const Layout& layout = *GetParam();
};
SF_EVERY_LAYOUT(EveryLayoutTable);

TEST_P(EveryLayoutTable, HasWhatNoStackCanBeReadWithout) {
  EXPECT_TRUE(layout.interpreter.next.present());
  EXPECT_TRUE(layout.interpreter.threads_head.present());
  EXPECT_TRUE(layout.interpreter.modules.present());
  EXPECT_TRUE(layout.interpreter.sysdict.present());
  EXPECT_TRUE(layout.thread.next.present());
  EXPECT_TRUE(layout.thread.interp.present());
  EXPECT_TRUE(layout.thread.thread_id.present());
  EXPECT_TRUE(layout.code.filename.present());
  EXPECT_TRUE(layout.code.name.present());
  EXPECT_TRUE(layout.code.firstlineno.present());
  EXPECT_TRUE(layout.code.linetable.present());
  EXPECT_TRUE(layout.object.type.present());
  EXPECT_TRUE(layout.type.name.present());
  EXPECT_TRUE(layout.var_object.size_field.present());
  EXPECT_TRUE(layout.bytes.data.present());
  EXPECT_TRUE(layout.module.dict.present());
  EXPECT_TRUE(layout.unicode.length.present());
}

TEST_P(EveryLayoutTable, HasWhatItsVersionBrought) {
  const auto from = [&](std::uint8_t major, std::uint8_t minor) {
    return layout.version >= PythonVersion{major, minor, 0};
  };
  EXPECT_EQ(layout.runtime.interpreters_head.present(), from(3, 7));
  EXPECT_EQ(layout.runtime.main_interpreter.present(), from(3, 11));
  EXPECT_EQ(layout.thread.prev.present(), from(3, 0));
  EXPECT_EQ(layout.thread.native_thread_id.present(), from(3, 11));
  EXPECT_EQ(layout.thread.frame.present(), !from(3, 11));
  EXPECT_EQ(layout.thread.cframe.present(), from(3, 10) && !from(3, 13));
  EXPECT_EQ(layout.thread.current_frame.present(), from(3, 13));
  EXPECT_EQ(layout.thread.base_frame.present(), from(3, 15));
  EXPECT_EQ(layout.frame_object.back.present(), true);
  EXPECT_EQ(layout.frame_object.code.present(), !from(3, 11));
  EXPECT_EQ(layout.frame.executable.present(), from(3, 11));
  EXPECT_EQ(layout.frame.is_entry.present(), from(3, 11) && !from(3, 12));
  EXPECT_EQ(layout.code.qualname.present(), from(3, 11));
  EXPECT_EQ(layout.code.code_adaptive.present(), from(3, 11));
  EXPECT_EQ(layout.frame.tlbc_index.present(), from(3, 14) && layout.build.free_threaded);
  EXPECT_EQ(layout.dict.table.present(), !from(3, 0));
  EXPECT_EQ(layout.dict_keys.log2_size.present(), from(3, 11));
  EXPECT_EQ(layout.integer.tag.present(), from(3, 12));
  EXPECT_EQ(layout.debug_offsets.size != 0, from(3, 13));
}

// Include/internal/pycore_debug_offsets.h grew in the middle.
TEST_P(EveryLayoutTable, KnowsTheSizeOfTheTargetsOwnOffsets) {
  if (layout.version.minor == 13) {
    EXPECT_EQ(layout.debug_offsets.size, 584);
  } else if (layout.version.minor == 14) {
    EXPECT_EQ(layout.debug_offsets.size, 760);
  } else if (layout.version.minor == 15) {
    EXPECT_EQ(layout.debug_offsets.size, 888);
  }
}

TEST_P(EveryLayoutTable, OffsetsLieWithinTheirStructures) {
  const auto check = [](std::uint32_t size, Offset offset, const char* name) {
    // `size` leaves out a tail of variable length.
    EXPECT_TRUE(!offset.present() || offset.value() <= size) << name;
  };
// NOLINTBEGIN(bugprone-macro-parentheses)
#define SF_STRUCT(group, types)
#define SF_FIELD(group, name, paths) check(layout.group.size, layout.group.name, #group "." #name);
#define SF_END(group)
#include "cpython/dialects/layouts/fields.def"
#undef SF_STRUCT
#undef SF_FIELD
#undef SF_END
  // NOLINTEND(bugprone-macro-parentheses)
}

TEST_P(EveryLayoutTable, IsFoundByItsVersionAndBuild) {
  PythonVersion version = layout.version;
  version.micro = 99;
  EXPECT_EQ(find_layout(version, layout.build), &layout);
}

TEST(Layouts, OfEachVersionTheMatrixAsksFor) {
  for (const int minor : {6, 7, 8, 9, 10, 11, 12, 13, 14, 15}) {
    EXPECT_NE(find_layout({3, static_cast<std::uint8_t>(minor), 0}, {}), nullptr) << minor;
  }
  EXPECT_NE(find_layout({2, 7, 18}, {}), nullptr);
  EXPECT_NE(find_layout({3, 13, 0}, {.free_threaded = true}), nullptr);
  EXPECT_NE(find_layout({3, 14, 0}, {.free_threaded = true}), nullptr);
}

TEST(Layouts, NoneForVersionsThatAreNotKnown) {
  EXPECT_EQ(find_layout({2, 6, 0}, {}), nullptr);
  EXPECT_EQ(find_layout({3, 5, 0}, {}), nullptr);
  EXPECT_EQ(find_layout({3, 99, 0}, {}), nullptr);
  EXPECT_EQ(find_layout({3, 12, 0}, {.free_threaded = true}), nullptr);
}

}  // namespace
}  // namespace stillframe::cpython
