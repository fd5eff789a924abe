#include "binary/core_file.h"

#include <gtest/gtest.h>

namespace stillframe::binary {
namespace {

TEST(CoreFile, NeedsAFile) { EXPECT_FALSE(CoreFile::open(-1, "core")); }

}  // namespace
}  // namespace stillframe::binary
