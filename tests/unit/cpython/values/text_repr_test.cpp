#include "cpython/values/text_repr.h"

#include <gtest/gtest.h>

namespace stillframe::cpython {
namespace {

std::string of_text(std::u32string_view text, bool ascii_only = false) {
  std::string out;
  append_text_repr(out, text, ascii_only);
  return out;
}

std::string of_bytes(std::string_view bytes, bool all_quotes = false) {
  std::string out;
  append_bytes_repr(out, bytes, all_quotes);
  return out;
}

TEST(TextRepr, ChoosesQuotes) {
  EXPECT_EQ(of_text(U"abc"), "'abc'");
  EXPECT_EQ(of_text(U"it's"), "\"it's\"");
  EXPECT_EQ(of_text(U"say \"x\""), "'say \"x\"'");
  EXPECT_EQ(of_text(U"'\""), "'\\'\"'");
  EXPECT_EQ(of_bytes("it's"), "\"it's\"");
  EXPECT_EQ(of_bytes("it's", true), "\"it\\'s\"");
  EXPECT_EQ(of_bytes("'\"", true), "'\\'\"'");
}

TEST(TextRepr, EscapesWhatIsNotPrintable) {
  EXPECT_EQ(of_text(std::u32string_view(U"\0\t\n\r\\\x7f", 6)), R"('\x00\t\n\r\\\x7f')");
  EXPECT_EQ(of_text(U"\u00e9\u00a0\u00ad"), "'\u00e9\\xa0\\xad'");
  EXPECT_EQ(of_text(U"\u200b\u20ac\ufeff"), "'\\u200b\u20ac\\ufeff'");
  EXPECT_EQ(of_text(U"\U0001f600\U0010ffff"), "'\U0001f600\\U0010ffff'");
  EXPECT_EQ(of_bytes("\x80\xff z"), R"('\x80\xff z')");
}

TEST(TextRepr, ShowsLoneSurrogatesAndWhatIsNoCharacterAsNumbers) {
  const std::u32string odd{0xdc80, 0xd800, 0x110000, 0xffffffff};
  EXPECT_EQ(of_text(odd), R"('\udc80\ud800\U00110000\Uffffffff')");
}

TEST(TextRepr, EscapesAllButAsciiAsPython2Does) {
  EXPECT_EQ(of_text(U"a\u00e9\u20ac\U0001f600", true), R"('a\xe9\u20ac\U0001f600')");
}

}  // namespace
}  // namespace stillframe::cpython
