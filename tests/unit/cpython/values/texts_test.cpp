#include <gtest/gtest.h>

#include "cpython/values/value_writing.h"

namespace stillframe::cpython {
namespace {

using Address = memory::Address;

class EveryLayoutTexts : public testing::ValueWriting {
 protected:
  Address bytearray(std::string_view content, std::uint64_t length) {
    const Address at = python.object(python.type("bytearray"));
    const Address data = python.allocate(content.size() + 1);
    python.memory.put_text(data, content);
    python.set(at, layout.var_object.size_field, length);
    python.memory.put(at + layout.var_object.size_field.value() + 24, data);
    return at;
  }
};
SF_EVERY_LAYOUT(EveryLayoutTexts);

TEST_P(EveryLayoutTexts, WritesText) {
  EXPECT_EQ(text(python.text("it's")), "\"it's\"");
  EXPECT_EQ(text(python.text("")), "''");
  if (is_old()) {
    GTEST_SKIP() << "not of this version";
  }
  EXPECT_EQ(text(python.text(std::string_view("\xe9\xa0", 2), 1, false)), "'\u00e9\\xa0'");
  EXPECT_EQ(text(python.text(std::string_view("\xac\x20\x80\xdc", 4), 2, false)), "'\u20ac\\udc80'");
  EXPECT_EQ(text(python.text(std::string_view("\x00\xf6\x01\x00", 4), 4, false)), "'\U0001f600'");
}

TEST_P(EveryLayoutTexts, CutsLongText) {
  limits.max_string = 3;
  const Written written = write(python.text(std::string(10'000, 'x')));
  EXPECT_EQ(written.text, is_old() ? "'xxx'… 9,997 more bytes" : "'xxx'… 9,997 more characters");
  EXPECT_TRUE(written.cut);
}

TEST_P(EveryLayoutTexts, RefusesImpossibleLengths) {
  limits.max_string = std::uint64_t{1} << 40U;
  const Address object = python.text("price");
  const Address array = bytearray("abc", 3);
  for (const std::uint64_t length : testing::kImpossible) {
    python.set(object, is_old() ? layout.var_object.size_field : layout.unicode.length, length);
    EXPECT_TRUE(is_unreadable(object)) << length;
    python.set(array, layout.var_object.size_field, length);
    EXPECT_TRUE(is_unreadable(array)) << length;
  }
}

TEST_P(EveryLayoutTexts, RefusesTextOfNoKind) {
  if (is_old()) {
    GTEST_SKIP() << "not of this version";
  }
  const Address object = python.text("price");
  for (const std::uint32_t bits : {3U, 5U, 6U, 7U}) {
    python.set(object, layout.unicode.state, bits << 2U | bits << 8U);
    EXPECT_TRUE(is_unreadable(object)) << bits;
  }
}

TEST_P(EveryLayoutTexts, WritesTextThatIsNotReady) {
  if (is_old() || layout.version >= PythonVersion{3, 12, 0}) {
    GTEST_SKIP() << "there is none";
  }
  const Address object = python.text("");
  const Address data = python.allocate(16);
  python.memory.put(data, std::uint32_t{'a'});
  python.memory.put(data + 4, std::uint32_t{0x1f600});
  python.set(object, layout.unicode.state, std::uint32_t{0});
  python.memory.put(object + layout.ascii.size - 8, data);
  python.memory.put(object + layout.compact.size - 8, std::uint64_t{2});
  EXPECT_EQ(text(object), "'a\U0001f600'");
}

TEST_P(EveryLayoutTexts, WritesUnicodeOfPython2) {
  if (!is_old()) {
    GTEST_SKIP() << "not of this version";
  }
  const auto unicode = [&](std::u32string_view characters, std::uint32_t width) {
    const Address at = python.object(python.type("unicode"));
    const Address data = python.allocate((characters.size() + 1) * width);
    for (std::size_t i = 0; i < characters.size(); ++i) {
      width == 4 ? python.memory.put(data + i * 4, static_cast<std::uint32_t>(characters[i]))
                 : python.memory.put(data + i * 2, static_cast<std::uint16_t>(characters[i]));
    }
    python.set(at, layout.unicode.length, std::uint64_t{characters.size()});
    python.set(at, layout.unicode.legacy_str, data);
    return at;
  };
  EXPECT_EQ(text(unicode(U"abc\u00e9\u20ac", 2)), "u'abc\\xe9\\u20ac'");
  // Once known, also where the characters themselves leave doubt.
  EXPECT_EQ(text(unicode(U"a\x01", 2)), "u'a\\x01'");
  const std::u32string pair{'a', 0xd83d, 0xde00};
  EXPECT_EQ(text(unicode(pair, 2)), "u'a\\U0001f600'");
  const Objects others(python.memory, layout);
  Types types(others);
  Printer printer(others, types, limits, redaction);
  EXPECT_EQ(printer.write(unicode(U"abc\U0001f600", 4)).text, "u'abc\\U0001f600'");
  EXPECT_EQ(printer.write(unicode(U"a", 4)).text, "u'a'");
}

TEST_P(EveryLayoutTexts, WritesBytes) {
  python.text_type = python.type(is_old() ? "str" : "bytes");
  EXPECT_EQ(text(python.bytes("a\x80'")), is_old() ? R"("a\x80'")" : R"(b"a\x80'")");
  EXPECT_EQ(text(bytearray("ab", 2)), "bytearray(b'ab')");
  const bool late = layout.version >= PythonVersion{3, 15, 0};
  EXPECT_EQ(text(bytearray("'", 1)), late ? "bytearray(b\"'\")" : "bytearray(b\"\\'\")");
  limits.max_string = 1;
  EXPECT_EQ(text(bytearray("abc", 3)), "bytearray(b'a'… 2 more bytes)");
}

}  // namespace
}  // namespace stillframe::cpython
