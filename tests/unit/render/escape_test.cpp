#include "render/escape.h"

#include <gtest/gtest.h>

namespace stillframe::render {
namespace {

TEST(Escape, OrdinaryTextStaysAsItIs) {
  EXPECT_EQ(escaped("plain"), "plain");
  EXPECT_EQ(escaped("größer 漢字 \xf0\x9f\x90\x8d"), "größer 漢字 \xf0\x9f\x90\x8d");
  EXPECT_EQ(escaped(""), "");
}

TEST(Escape, ControlCharactersAreShownNeverSent) {
  EXPECT_EQ(escaped("\x1b[31mred\a"), "\\x1b[31mred\\x07");
  EXPECT_EQ(escaped("a\nb\tc\rd"), "a\\x0ab c\\x0dd");  // a tab becomes one blank
  EXPECT_EQ(escaped("\x7f"), "\\x7f");
  EXPECT_EQ(escaped("\xc2\x9b"
                    "1m"),
            "\\x9b1m");  // C1's CSI
  EXPECT_EQ(escaped(std::string_view("a\0b", 3)), "a\\x00b");
}

TEST(Escape, BidirectionalControlsAndInvisibleCharactersAreShown) {
  EXPECT_EQ(escaped("a\xe2\x80\xae"
                    "b"),
            "a\\u202eb");
  EXPECT_EQ(escaped("\xe2\x81\xa6"), "\\u2066");
  EXPECT_EQ(escaped("\xf3\xa0\x81\x81"), "\\U000e0041");
  EXPECT_EQ(escaped("\xe2\x80\x8b"), "\\u200b");
  EXPECT_EQ(escaped("\xe1\x85\x9f\xe3\x85\xa4\xcd\x8f\xe2\x80\x8d\xef\xbe\xa0"), "\\u115f\\u3164\\u034f\\u200d\\uffa0");
}

TEST(Escape, InvalidUtf8IsShownByteByByte) {
  EXPECT_EQ(escaped("\xff"), "\\xff");
  EXPECT_EQ(escaped("\xe2\x82"), "\\xe2\\x82");           // cut
  EXPECT_EQ(escaped("\xc0\xaf"), "\\xc0\\xaf");           // overlong
  EXPECT_EQ(escaped("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // a surrogate
  EXPECT_EQ(escaped("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
}

TEST(Escape, CutCountsColumns) {
  EXPECT_EQ(cut("abcdef", 0), "abcdef");
  EXPECT_EQ(cut("abcdef", 6), "abcdef");
  EXPECT_EQ(cut("abcdef", 5), "abcd…");
  EXPECT_EQ(cut("漢字漢字", 6), "漢字…");
  EXPECT_EQ(cut("漢字漢字", 8), "漢字漢字");
  EXPECT_EQ(cut("abc", 1), "…");
}

}  // namespace
}  // namespace stillframe::render
