#include "cpython/stacks/code.h"

#include <gtest/gtest.h>

#include "cpython/every_layout.h"

namespace stillframe::cpython {
namespace {

using Address = memory::Address;

constexpr std::uint64_t kHuge = std::uint64_t{1} << 63U;

class EveryLayoutCode : public testing::EveryLayout {
 protected:
  Address code = python.code("price", "/srv/app.py", 12, "\x02\x01");
  CodeCache codes{objects, python.code_type};
};
SF_EVERY_LAYOUT(EveryLayoutCode);

TEST_P(EveryLayoutCode, ReadsEachCodeObjectOnce) {
  const Code* found = codes.find(code);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->name, "price");
  EXPECT_EQ(found->filename, "/srv/app.py");
  EXPECT_EQ(found->first_line, 12);
  EXPECT_EQ(found->line_table, "\x02\x01");
  EXPECT_EQ(found->qualname.has_value(), layout.code.qualname.present());
  const std::size_t reads = python.memory.reads;
  EXPECT_EQ(codes.find(code), found);
  EXPECT_EQ(python.memory.reads, reads);
}

TEST_P(EveryLayoutCode, KnowsTheCodeTypeByItsNameWhereNoSymbolTells) {
  CodeCache without_symbol(objects, 0);
  EXPECT_NE(without_symbol.find(code), nullptr);
  EXPECT_EQ(without_symbol.find(python.dict_type), nullptr);
}

TEST_P(EveryLayoutCode, OtherObjectsAreNone) {
  for (const Address other : {python.type_type, python.text("price"), Address{0}, Address{12}, kHuge, ~Address{7}}) {
    EXPECT_EQ(codes.find(other), nullptr) << other;
  }
}

TEST_P(EveryLayoutCode, NeedsANameOrAFile) {
  python.set(code, layout.code.name, kHuge);
  ASSERT_NE(codes.find(code), nullptr);
  EXPECT_EQ(codes.find(code)->name, "");
  EXPECT_EQ(codes.find(code)->filename, "/srv/app.py");
  CodeCache fresh(objects, python.code_type);
  python.set(code, layout.code.filename, Address{8});
  EXPECT_EQ(fresh.find(code), nullptr);
}

TEST_P(EveryLayoutCode, WhatTheCoreHasLostIsNotWrongButUnknown) {
  python.memory.lose(code, 64);
  const Code* found = codes.find(code);
  ASSERT_NE(found, nullptr);
  EXPECT_TRUE(found->lost);
  EXPECT_EQ(found->address, code);
  EXPECT_EQ(found->name, "");
  EXPECT_EQ(codes.find(code + 4), nullptr) << "objects are aligned";
}

TEST_P(EveryLayoutCode, ACutObjectOfAnotherTypeIsNone) {
  const Address other = python.object(python.dict_type, 1024);
  python.memory.lose(other + 40, 1024);
  EXPECT_EQ(codes.find(other), nullptr);
  python.memory.lose(code + 40, 1024);
  ASSERT_NE(codes.find(code), nullptr);
  EXPECT_TRUE(codes.find(code)->lost);
}

TEST_P(EveryLayoutCode, KeepsWhatIsLeftWhereOnlyItsNamesAreLost) {
  for (const Offset name : {layout.code.name, layout.code.filename}) {
    python.memory.lose(*objects.pointer(code, name), 64);
  }
  const Code* found = codes.find(code);
  ASSERT_NE(found, nullptr);
  EXPECT_TRUE(found->lost);
  EXPECT_EQ(found->name, "");
  EXPECT_EQ(found->first_line, 12);
  EXPECT_EQ(found->line_table, "\x02\x01");
}

TEST_P(EveryLayoutCode, ALineTableOfImpossibleLengthIsNone) {
  const Address table = python.bytes("xx");
  python.set(code, layout.code.linetable, table);
  python.set(table, layout.var_object.size_field, kHuge);
  ASSERT_NE(codes.find(code), nullptr);
  EXPECT_EQ(codes.find(code)->line_table, "");
}

TEST_P(EveryLayoutCode, InstructionsOfImpossibleLengthAreNone) {
  if (!layout.code.code_adaptive.present()) {
    GTEST_SKIP() << "instructions are an object of their own";
  }
  python.set(code, layout.var_object.size_field, kHuge);
  ASSERT_NE(codes.find(code), nullptr);
  EXPECT_EQ(codes.find(code)->instruction_bytes, 0);
}

// Whatever a line table holds, looking into it ends and gives a line that can be one, or none.
TEST_P(EveryLayoutCode, AnyLineTableEnds) {
  for (const int fill : {0, 1, 0x7f, 0x80, 0x81, 0xf8, 0xff, 0xc0, 0x3f}) {
    for (const std::int32_t first : {0, 1, -1, 0x7fffffff, -0x7fffffff - 1}) {
      Code broken{.first_line = first, .line_table = std::string(4096, static_cast<char>(fill))};
      for (const std::int64_t lasti : {std::int64_t{-1}, std::int64_t{0}, std::int64_t{1} << 62U}) {
        const auto position = locate(broken, lasti, layout.version);
        EXPECT_TRUE(!position.line || *position.line > 0);
      }
    }
  }
}

}  // namespace
}  // namespace stillframe::cpython
