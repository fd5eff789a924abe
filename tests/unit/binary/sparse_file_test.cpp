#include "binary/sparse_file.h"

#include <gtest/gtest.h>

#include <string>

#include "core_builder.h"

namespace stillframe::binary {
namespace {

constexpr std::uint64_t kGibibyte = std::uint64_t{1} << 30U;

TEST(SparseFile, LeavesATenthOfTheDisk) {
  EXPECT_EQ(room_to_leave(100 * kGibibyte, 80 * kGibibyte), 10 * kGibibyte);
  EXPECT_EQ(room_to_leave(100 * kGibibyte, 20 * kGibibyte), 10 * kGibibyte);
  EXPECT_EQ(room_to_leave(100 * kGibibyte, 8 * kGibibyte), 4 * kGibibyte) << "a small core fits on a full disk";
  EXPECT_EQ(room_to_leave(0, 0), 0U);
}

TEST(SparseFile, CountsWhatTakesRoom) {
  const testing::MemoryFile into("");
  SparseFile file(into.fd());
  std::string bytes(3 * 4096, '\0');
  bytes[5000] = 'x';
  ASSERT_TRUE(file.append(std::as_bytes(std::span(bytes))));
  ASSERT_TRUE(file.finish());
  EXPECT_EQ(file.size(), bytes.size());
  EXPECT_EQ(file.written(), 4096U);
}

TEST(DiskRoom, IsNotAskedForTooOften) {
  const testing::MemoryFile into("");
  DiskRoom room(into.fd());
  EXPECT_TRUE(room.allows(1));
  EXPECT_TRUE(DiskRoom(-1).allows(kGibibyte)) << "not known";
}

}  // namespace
}  // namespace stillframe::binary
