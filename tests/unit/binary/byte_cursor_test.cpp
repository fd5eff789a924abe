#include "binary/byte_cursor.h"

#include <gtest/gtest.h>

#include <limits>

#include "binary/byte_builder.h"

namespace stillframe::binary {
namespace {

using testing::ByteBuilder;

TEST(ByteCursor, ReadsNumbersInOrder) {
  const ByteBuilder bytes{1, 2, 3, 0xFF, 0xFF, 4, 0, 0, 0, 0, 0, 0, 0x80};
  ByteCursor cursor(bytes);
  EXPECT_EQ(cursor.number<std::uint8_t>(), 1U);
  EXPECT_EQ(cursor.number<std::uint16_t>(), 0x302U);
  EXPECT_EQ(cursor.number<std::int16_t>(), -1);
  EXPECT_EQ(cursor.offset(), 5U);
  EXPECT_EQ(cursor.left(), 8U);
  EXPECT_FALSE(cursor.at_end());
  EXPECT_EQ(cursor.number<std::uint64_t>(), 0x8000000000000004U);
  EXPECT_TRUE(cursor.at_end());
  EXPECT_TRUE(cursor.ok());
}

TEST(ByteCursor, StaysBadPastTheEnd) {
  const ByteBuilder bytes{1, 2, 3};
  ByteCursor cursor(bytes);
  EXPECT_EQ(cursor.number<std::uint32_t>(), 0U);
  EXPECT_FALSE(cursor.ok());
  EXPECT_TRUE(cursor.at_end()) << "nothing more is to be had";
  EXPECT_EQ(cursor.number<std::uint8_t>(), 0U) << "although a byte is left";
  EXPECT_TRUE(cursor.take(0).empty());
  EXPECT_TRUE(cursor.text().empty());
  EXPECT_FALSE(cursor.ok());
}

TEST(ByteCursor, ReadsLeb128) {
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128}, std::uint64_t{624485},
                                    std::numeric_limits<std::uint64_t>::max()}) {
    ByteBuilder bytes;
    bytes.uleb(value);
    ByteCursor cursor(bytes);
    EXPECT_EQ(cursor.uleb128(), value);
    EXPECT_TRUE(cursor.ok() && cursor.at_end());
  }
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{63}, std::int64_t{64}, std::int64_t{-64}, std::int64_t{-65},
        std::int64_t{-123456}, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    ByteBuilder bytes;
    bytes.sleb(value);
    ByteCursor cursor(bytes);
    EXPECT_EQ(cursor.sleb128(), value);
    EXPECT_TRUE(cursor.ok() && cursor.at_end());
  }
}

// The examples of DWARF 5, section 7.6, figures 22 and 23.
TEST(ByteCursor, ReadsTheExamplesOfTheStandard) {
  const ByteBuilder bytes{0x80, 0x01, 0x81, 0x01, 0x39 | 0x80, 0x64, 0x7F, 0xFF, 0x00, 0x81, 0x7F, 0x80, 0x7F};
  ByteCursor cursor(bytes);
  EXPECT_EQ(cursor.uleb128(), 128U);
  EXPECT_EQ(cursor.uleb128(), 129U);
  EXPECT_EQ(cursor.uleb128(), 12857U);
  EXPECT_EQ(cursor.sleb128(), -1);
  EXPECT_EQ(cursor.sleb128(), 127);
  EXPECT_EQ(cursor.sleb128(), -127);
  EXPECT_EQ(cursor.sleb128(), -128);
  EXPECT_TRUE(cursor.ok() && cursor.at_end());
}

TEST(ByteCursor, DropsBitsBeyond64AndEndsWhereLeb128DoesNot) {
  ByteBuilder padded;
  for (int i = 0; i < 1000; ++i) {
    padded.add({0x80});
  }
  ByteCursor endless(padded);
  EXPECT_EQ(endless.uleb128(), 0U);
  EXPECT_FALSE(endless.ok());
  padded.add({0x01});
  ByteCursor ending(padded);
  EXPECT_EQ(ending.uleb128(), 0U);
  EXPECT_TRUE(ending.ok() && ending.at_end());
  ByteCursor signed_one(padded);
  EXPECT_EQ(signed_one.sleb128(), 0);
  EXPECT_TRUE(signed_one.ok());
}

TEST(ByteCursor, TakesPieces) {
  const ByteBuilder bytes{1, 2, 3, 4};
  ByteCursor cursor(bytes);
  EXPECT_EQ(cursor.take(3).size(), 3U);
  EXPECT_EQ(cursor.take(0).size(), 0U);
  EXPECT_TRUE(cursor.ok());
  EXPECT_TRUE(cursor.take(std::numeric_limits<std::uint64_t>::max()).empty());
  EXPECT_FALSE(cursor.ok());
}

TEST(ByteCursor, ReadsTextsUpToTheirNul) {
  ByteBuilder bytes;
  bytes.text("zR").text("").add({'x'});
  ByteCursor cursor(bytes);
  EXPECT_EQ(cursor.text().size(), 2U);
  EXPECT_EQ(cursor.text().size(), 0U);
  EXPECT_EQ(cursor.offset(), 4U);
  EXPECT_TRUE(cursor.ok());
  EXPECT_TRUE(cursor.text().empty()) << "no NUL behind it";
  EXPECT_FALSE(cursor.ok());
}

}  // namespace
}  // namespace stillframe::binary
