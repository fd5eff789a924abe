// The expectations are what the interpreters themselves say (dis.findlinestarts, code.co_positions) of
//     def f(x):
//         y = x
//         return g(x,
//           1/0)
//     ... 300 empty lines ...
//     z = 1
//     for i in z: pass
#include "cpython/dialects/line_tables.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace stillframe::cpython {
namespace {

using namespace std::string_view_literals;

TEST(Lnotab, AddsUpUnsignedDeltasOfPython27) {
  constexpr auto kModule = "\t\xff\0001\006\001\r\0"sv;
  EXPECT_EQ(locate_in_lnotab(kModule, 1, 0, false).line, 1);
  EXPECT_EQ(locate_in_lnotab(kModule, 1, 8, false).line, 1);
  EXPECT_EQ(locate_in_lnotab(kModule, 1, 9, false).line, 305);
  EXPECT_EQ(locate_in_lnotab(kModule, 1, 15, false).line, 306);
}

TEST(Lnotab, AddsUpSignedDeltasOfPython36) {
  constexpr auto kModule = "\x08\x7f\0\x7f\0\x32\x04\x01\n\0"sv;
  EXPECT_EQ(locate_in_lnotab(kModule, 1, 6, true).line, 1);
  EXPECT_EQ(locate_in_lnotab(kModule, 1, 8, true).line, 305);
  EXPECT_EQ(locate_in_lnotab(kModule, 1, 12, true).line, 306);
  EXPECT_EQ(locate_in_lnotab("\x04\xfe"sv, 10, 4, true).line, 8);
}

TEST(Lnotab, ACallThatHasNotBegunIsAtTheFirstLine) {
  EXPECT_EQ(locate_in_lnotab("\0\x01\x04\x01"sv, 7, -1, true).line, 7);
}

TEST(LineTable, FollowsPython310) {
  constexpr auto kFunction = "\x04\x01\x04\x01\x06\x01\x04\xff"sv;
  EXPECT_EQ(locate_in_line_table(kFunction, 1, 0).line, 2);
  EXPECT_EQ(locate_in_line_table(kFunction, 1, 4).line, 3);
  EXPECT_EQ(locate_in_line_table(kFunction, 1, 8).line, 4);
  EXPECT_EQ(locate_in_line_table(kFunction, 1, 14).line, 3);
  EXPECT_EQ(locate_in_line_table(kFunction, 1, 18).line, std::nullopt) << "behind the code";
}

TEST(LineTable, BytesThatBelongToNoLineHaveNone) {
  EXPECT_EQ(locate_in_line_table("\x02\x80\x02\x01"sv, 1, 0).line, std::nullopt);
  EXPECT_EQ(locate_in_line_table("\x02\x80\x02\x01"sv, 1, 2).line, 2);
}

struct Expected {
  std::int64_t lasti;
  int line, end_line, column, end_column;
};

TEST(LocationTable, FollowsPython312) {
  constexpr auto kFunction =
      "\x80\0\xd8\x08\t\x80\x41\xdc\x0b\x0c\x88Q\xd8\x06\x07\x88\x01\x81\x63\xf3\x03\x01\x0c\x0b\xf0\0\x01\x05\x0b"sv;
  const Expected expected[] = {{0, 1, 1, 0, 0},    {2, 2, 2, 8, 9},  {4, 2, 2, 4, 5},  {6, 3, 3, 11, 12},
                               {16, 3, 3, 13, 14}, {18, 4, 4, 6, 7}, {20, 4, 4, 8, 9}, {22, 4, 4, 6, 9},
                               {26, 3, 4, 11, 10}, {34, 3, 4, 4, 10}};
  for (const Expected& one : expected) {
    const Position position = locate_in_location_table(kFunction, 1, one.lasti);
    EXPECT_EQ(position, (Position{one.line, one.end_line, one.column, one.end_column})) << "at " << one.lasti;
  }
}

TEST(LocationTable, LinesMayLieFarApartAndBefore) {
  constexpr auto kModule =
      "\xf0\x03\x01\x01\x01\xf2\x02\x03\x01\x0b\xf0`\t\0\x05\x06\x80\x01\xd8\t\n\xd2\0\x10\x81\x41\xd1\0\x10"sv;
  EXPECT_EQ(locate_in_location_table(kModule, 1, 8).line, 305);
  EXPECT_EQ(locate_in_location_table(kModule, 1, 12), (Position{306, 306, 9, 10}));
  EXPECT_EQ(locate_in_location_table(kModule, 1, 0).line, std::nullopt) << "RESUME of a module is at line 0";
}

TEST(LocationTable, AnyBytesEnd) {
  // Every table of three bytes, and some long ones: no read outside, no line that is none.
  for (unsigned value = 0; value < 1U << 24U; value += 251) {
    const std::string table{static_cast<char>(value), static_cast<char>(value >> 8U), static_cast<char>(value >> 16U)};
    for (const std::int64_t lasti : {0, 2, 14, 1000}) {
      const Position position = locate_in_location_table(table, 1, lasti);
      EXPECT_GE(position.line.value_or(1), 1);
      EXPECT_GE(locate_in_lnotab(table, 1, lasti, true).line.value_or(1), 1);
      EXPECT_GE(locate_in_line_table(table, 1, lasti).line.value_or(1), 1);
    }
  }
  EXPECT_EQ(locate_in_location_table(std::string(1000, '\xff'), 1, 1'000'000).line, std::nullopt);
  EXPECT_EQ(locate_in_location_table(std::string(1000, '\0'), 1, 0).line, std::nullopt);
  EXPECT_EQ(locate_in_location_table("", 1, 0).line, std::nullopt);
}

}  // namespace
}  // namespace stillframe::cpython
