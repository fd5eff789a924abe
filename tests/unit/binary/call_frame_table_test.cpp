#include "binary/call_frame_table.h"

#include <dwarf.h>
#include <gtest/gtest.h>

#include "binary/fake_module.h"

namespace stillframe::binary {
namespace {

using testing::ByteBuilder;
using testing::FakeMemory;
using testing::FakeModule;

constexpr Address kBase = 0x7f0000000000;
constexpr Address kText = FakeModule::kText;

class CallFrameTableTest : public ::testing::Test {
 protected:
  std::unique_ptr<CallFrameTable> open() {
    const auto image = ElfImage::at(memory_, kBase);
    return image ? CallFrameTable::in_image(memory_, *image) : nullptr;
  }

  [[nodiscard]] std::optional<UnwindRow> row(Address offset) {
    const auto table = open();
    return table ? table->row_at(kBase + offset) : std::nullopt;
  }

  FakeMemory memory_;
  FakeModule module_{memory_, kBase};
};

ByteBuilder offset_of(int bytes) {
  return {DW_CFA_def_cfa_offset, bytes};
}

TEST_F(CallFrameTableTest, FindsFunctionsThroughTheSearchTable) {
  const Address common = module_.common();
  for (int i = 0; i < 50; ++i) {
    module_.function(common, kText + static_cast<Address>(i) * 0x20, 0x10, offset_of(16 + i));
  }
  module_.finish();
  const auto table = open();
  ASSERT_TRUE(table);
  for (int i = 0; i < 50; ++i) {
    const Address begin = kBase + kText + static_cast<Address>(i) * 0x20;
    for (const Address pc : {begin, begin + 0xF}) {
      const auto found = table->row_at(pc);
      ASSERT_TRUE(found) << i;
      EXPECT_EQ(found->cfa_offset, 16 + i);
      EXPECT_EQ(found->begin, begin);
      EXPECT_EQ(found->end, begin + 0x10);
    }
    EXPECT_FALSE(table->row_at(begin + 0x10)) << "between two functions";
  }
  EXPECT_FALSE(table->row_at(kBase + kText - 1)) << "before the first one";
  EXPECT_FALSE(table->row_at(kBase + 0xFFFF)) << "behind the last one";
  EXPECT_FALSE(table->row_at(0));
  EXPECT_FALSE(table->row_at(~Address{0}));
}

TEST_F(CallFrameTableTest, WalksTheListWhereThereIsNoSearchTable) {
  const Address common = module_.common();
  module_.function(common, kText + 0x100, 0x10, offset_of(24));
  module_.function(common, kText, 0x10, offset_of(16));
  module_.finish(DW_EH_PE_omit);
  EXPECT_EQ(row(kText + 3)->cfa_offset, 16);
  EXPECT_EQ(row(kText + 0x10F)->cfa_offset, 24);
  EXPECT_FALSE(row(kText + 0x10));
}

TEST_F(CallFrameTableTest, ReadsAugmentations) {
  ByteBuilder data{0x9B};  // of the personality routine: indirect pcrel sdata4
  data.number(std::int32_t{0x1234}).add({0x1B, FakeModule::kRelative});
  const Address cpp = module_.common("PLR", data);
  module_.function(cpp, kText, 0x10, offset_of(32));
  const Address trampoline = module_.common("RS");
  module_.function(trampoline, kText + 0x20, 0x10, offset_of(40));
  module_.finish();
  ASSERT_TRUE(row(kText));
  EXPECT_EQ(row(kText)->cfa_offset, 32);
  EXPECT_FALSE(row(kText)->signal_frame);
  ASSERT_TRUE(row(kText + 0x20));
  EXPECT_TRUE(row(kText + 0x20)->signal_frame);
}

// FDEs of C++ functions have augmentation data: where their exception tables lie.
TEST_F(CallFrameTableTest, PassesOverAugmentationDataOfFunctions) {
  const Address common = module_.common();
  const Address contents = module_.next() + 4;
  ByteBuilder body;
  body.number(static_cast<std::uint32_t>(contents - common));
  body.number(static_cast<std::int32_t>(kBase + kText - (contents + 4))).number(std::int32_t{0x10});
  body.uleb(4).add({0xFF, 0xFF, 0xFF, 0xFF}).add(offset_of(48));
  module_.index(kText, module_.entry(body));
  module_.finish();
  ASSERT_TRUE(row(kText));
  EXPECT_EQ(row(kText)->cfa_offset, 48);
}

TEST_F(CallFrameTableTest, ReadsAbsoluteAndOtherForms) {
  const auto add = [this](int encoding, Address begin, const ByteBuilder& addresses, int offset) {
    const Address common = module_.common("R", {encoding});
    const Address contents = module_.next() + 4;
    ByteBuilder body;
    body.number(static_cast<std::uint32_t>(contents - common)).add(addresses).uleb(0).add(offset_of(offset));
    module_.index(begin, module_.entry(body));
  };
  const auto field = [this](std::size_t size_of_common) { return module_.next() + size_of_common + 8; };
  const Address wide = kBase + kText;
  add(DW_EH_PE_absptr, kText, ByteBuilder().number(wide).number(std::uint64_t{0x10}), 16);
  add(DW_EH_PE_udata8, kText + 0x20, ByteBuilder().number(wide + 0x20).number(std::uint64_t{0x10}), 24);
  constexpr std::size_t kCommon = 24;  // what common() takes, with its length
  const auto relative = static_cast<std::int64_t>(wide + 0x40 - field(kCommon));
  add(DW_EH_PE_pcrel | DW_EH_PE_sdata8, kText + 0x40, ByteBuilder().number(relative).number(std::int64_t{0x10}), 32);
  const auto leb = static_cast<std::int64_t>(wide + 0x60 - field(kCommon));
  add(DW_EH_PE_pcrel | DW_EH_PE_sleb128, kText + 0x60, ByteBuilder().sleb(leb).sleb(0x10), 40);
  const auto from_header = static_cast<std::int32_t>(kText + 0x80 - FakeModule::kHeader);
  add(DW_EH_PE_datarel | DW_EH_PE_sdata4, kText + 0x80, ByteBuilder().number(from_header).number(std::int32_t{0x10}),
      48);
  module_.finish();
  for (int i = 0; i < 5; ++i) {
    const auto found = row(kText + static_cast<Address>(i) * 0x20 + 0xF);
    ASSERT_TRUE(found) << i;
    EXPECT_EQ(found->cfa_offset, 16 + 8 * i);
    EXPECT_EQ(found->begin, wide + static_cast<Address>(i) * 0x20);
  }
}

TEST_F(CallFrameTableTest, KeepsExpressionsAsLongAsTheRow) {
  const Address common = module_.common();
  module_.function(common, kText, 0x10,
                   {DW_CFA_def_cfa_expression, 2, DW_OP_breg7, 8, DW_CFA_expression, 6, 3, DW_OP_breg7, 0x80, 1});
  module_.finish();
  const auto found = row(kText);  // the table is gone
  ASSERT_TRUE(found && found->cfa_is_expression);
  ASSERT_EQ(found->cfa_expression.size(), 2U);
  EXPECT_EQ(found->cfa_expression[1], std::byte{8});
  ASSERT_EQ(found->registers[6].expression.size(), 3U);
  EXPECT_EQ(found->registers[6].expression[2], std::byte{1});
  ASSERT_TRUE(found->bytes);
  EXPECT_EQ(found->bytes->size(), 5U) << "and nothing else of what it was made of";
}

TEST_F(CallFrameTableTest, GivesNothingWithoutATable) {
  module_.finish();
  EXPECT_TRUE(open());
  EXPECT_FALSE(row(kText)) << "an empty table";
  memory_.put(kBase + FakeModule::kHeader, std::uint8_t{2});
  EXPECT_FALSE(open()) << "a version that does not exist";
  memory_.put(kBase + FakeModule::kHeader, std::uint8_t{1});
  memory_.put(kBase + FakeModule::kHeader + 1, std::uint8_t{DW_EH_PE_omit});
  EXPECT_FALSE(open()) << "it says nowhere where the descriptions are";
  memory_.put(kBase + sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr), Elf64_Phdr{.p_type = PT_NOTE});
  EXPECT_FALSE(open());
}

TEST_F(CallFrameTableTest, RefusesHostileEntries) {
  const Address common = module_.common();
  const Address contents = module_.next() + 4;
  const auto add = [&](Address begin, std::uint32_t to_common, const ByteBuilder& instructions = {}) {
    const Address at = module_.next() + 4;
    ByteBuilder body;
    body.number(to_common).number(static_cast<std::int32_t>(kBase + begin - (at + 4))).number(std::int32_t{0x10});
    return module_.entry(body.uleb(0).add(instructions));
  };
  module_.index(kText, add(kText, 0));                         // a CIE where a function is expected
  module_.index(kText + 0x20, add(kText + 0x20, 0x7FFFFFFF));  // whose CIE is in no memory
  const Address own = module_.next() + 4;
  module_.index(kText + 0x40, add(kText + 0x40, 4));  // whose CIE it is itself
  module_.index(kText + 0x60, kBase + 0xFFFF0000);    // in no memory
  const Address last = add(kText + 0x80, 0);
  memory_.put(last, std::uint32_t{0x7FFFFFF0});  // of 2 GiB
  module_.index(kText + 0x80, last);
  const Address wide = add(kText + 0xA0, 0);
  memory_.put(wide, std::uint32_t{0xFFFFFFFF});
  memory_.put(wide + 4, ~std::uint64_t{0});  // of all there is
  module_.index(kText + 0xA0, wide);
  const Address other = add(kText + 0x300, static_cast<std::uint32_t>(module_.next() + 4 - common));
  module_.index(kText + 0xC0, other);  // describes another function
  module_.finish();
  EXPECT_LT(contents, own);
  for (Address at = 0; at <= 0xC0; at += 0x20) {
    EXPECT_FALSE(row(kText + at)) << at;
  }
}

TEST_F(CallFrameTableTest, RefusesCommonPartsThatItDoesNotUnderstand) {
  const auto refused = [](std::string_view augmentation, const ByteBuilder& data, int version = 1) {
    FakeMemory memory;
    FakeModule module(memory, kBase);
    const Address common = module.common(augmentation, data);
    memory.put(common + 8, static_cast<std::uint8_t>(version));
    module.function(common, kText, 0x10);
    module.finish();
    const auto table = CallFrameTable::in_image(memory, *ElfImage::at(memory, kBase));
    return !table || !table->row_at(kBase + kText);
  };
  EXPECT_FALSE(refused("R", {FakeModule::kRelative}));
  EXPECT_FALSE(refused("R", {FakeModule::kRelative}, 3)) << "the same with a LEB128 return register";
  EXPECT_TRUE(refused("R", {DW_EH_PE_omit}));
  EXPECT_TRUE(refused("R", {DW_EH_PE_textrel | DW_EH_PE_sdata4})) << "relative to what is not known here";
  EXPECT_TRUE(refused("R", {0x05}));
  EXPECT_TRUE(refused("R", {}));
}

// More than any compiler writes: every function could bring its own megabyte.
TEST_F(CallFrameTableTest, RefusesHugeCommonParts) {
  ByteBuilder instructions = FakeModule::usual();
  for (int i = 0; i < 2000; ++i) {
    instructions.add({DW_CFA_nop});
  }
  module_.function(module_.common("R", {FakeModule::kRelative}, instructions), kText, 0x10);
  module_.finish();
  EXPECT_FALSE(row(kText));
}

TEST_F(CallFrameTableTest, EndsAListThatLiesBadly) {
  const Address common = module_.common();
  module_.function(common, kText, 0x10);
  const Address at = module_.next();
  module_.function(common, kText + 0x20, 0x10);
  module_.finish(DW_EH_PE_omit);
  for (const std::uint32_t length : {0xFFFFFFF0U, 0x7FFFFFFFU, 0U}) {
    memory_.put(at, length);
    EXPECT_TRUE(row(kText)) << length;
    EXPECT_FALSE(row(kText + 0x20)) << length;
  }
}

// .debug_frame of an assembler: addresses as linked, a CIE by its offset in the section.
class SectionTest : public ::testing::Test {
 protected:
  static constexpr Address kLinked = 0x401000;
  static constexpr Address kBias = 0x555500000000;

  static ByteBuilder section(bool wide, int version) {
    const auto length = [wide](ByteBuilder& bytes, std::size_t size) {
      if (wide) {
        bytes.number(~std::uint32_t{0}).number(std::uint64_t{size});
      } else {
        bytes.number(static_cast<std::uint32_t>(size));
      }
    };
    const auto offset = [wide](ByteBuilder& bytes, std::uint64_t value) {
      if (wide) {
        bytes.number(value);
      } else {
        bytes.number(static_cast<std::uint32_t>(value));
      }
    };
    ByteBuilder common;
    offset(common, ~std::uint64_t{0});
    common.number(static_cast<std::uint8_t>(version)).text("");
    if (version >= 4) {
      common.add({8, 0});
    }
    common.uleb(1).sleb(-8).add({16}).add(FakeModule::usual()).align(8);
    ByteBuilder function;
    offset(function, 16);  // behind a CIE that nobody uses
    function.number(std::uint64_t{kLinked}).number(std::uint64_t{0x40}).add({DW_CFA_def_cfa_offset, 64}).align(8);
    ByteBuilder all;
    ByteBuilder unused;
    length(unused, wide ? 4 : 12);
    all.add(unused.align(16));
    length(all, common.size());
    all.add(common);
    length(all, function.size());
    return all.add(function);
  }

  static std::unique_ptr<CallFrameTable> open(const ByteBuilder& bytes) {
    return CallFrameTable::in_section(bytes.bytes(), 0, kBias, CallFrameTable::Format::debug_frame);
  }
};

TEST_F(SectionTest, AddsTheLoadBias) {
  for (const bool wide : {false, true}) {
    for (const int version : {1, 3, 4}) {
      const auto table = open(section(wide, version));
      const auto found = table->row_at(kBias + kLinked + 0x3F);
      ASSERT_TRUE(found) << wide << version;
      EXPECT_EQ(found->cfa_offset, 64);
      EXPECT_EQ(found->begin, kBias + kLinked);
      EXPECT_FALSE(table->row_at(kBias + kLinked + 0x40));
      EXPECT_FALSE(table->row_at(kLinked)) << "that is not where it is loaded";
    }
  }
}

TEST_F(SectionTest, ReadsEveryCutOfIt) {
  const ByteBuilder whole = section(false, 4);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto table = open(ByteBuilder().add(std::span(whole.bytes()).first(size)));
    EXPECT_FALSE(table->row_at(kBias + kLinked)) << size;
  }
  EXPECT_TRUE(open(whole)->row_at(kBias + kLinked));
}

// Of the 64-bit format, whose length of nothing does not end the list.
TEST_F(SectionTest, RefusesAnEntryOfNothing) {
  const auto table = open(ByteBuilder().number(~std::uint32_t{0}).number(std::uint64_t{0}));
  EXPECT_FALSE(table->row_at(kBias));
}

// Entries that lead to each other, lengths that lead past the end of addresses: it comes to an end.
TEST_F(SectionTest, EndsOnAnyBytes) {
  for (const int byte : {0x00, 0x01, 0x04, 0x7F, 0xFF}) {
    std::vector<std::byte> bytes(4096, static_cast<std::byte>(byte));
    for (const auto format : {CallFrameTable::Format::eh_frame, CallFrameTable::Format::debug_frame}) {
      EXPECT_FALSE(CallFrameTable::in_section(bytes, 0, 0, format)->row_at(0));
      EXPECT_FALSE(CallFrameTable::in_section(bytes, ~Address{0} - 4095, 0, format)->row_at(~Address{0}));
      EXPECT_FALSE(CallFrameTable::in_section(bytes, ~Address{0} - 100, 0, format)->row_at(50));
    }
  }
}

}  // namespace
}  // namespace stillframe::binary
