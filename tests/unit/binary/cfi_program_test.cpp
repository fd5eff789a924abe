#include "binary/cfi_program.h"

#include <dwarf.h>
#include <gtest/gtest.h>

#include "binary/byte_builder.h"

namespace stillframe::binary {
namespace {

using testing::ByteBuilder;

constexpr memory::Address kBegin = 0x1000;

CfiHeader header() {
  return {.code_alignment = 1,
          .data_alignment = -8,
          .return_register = 16,
          .pointer_encoding = 0,
          .signal_frame = false,
          .begin = kBegin,
          .end = kBegin + 0x100};
}

// CFA = rsp + 8, return address at CFA - 8: what every CIE of x86-64 begins with.
ByteBuilder usual() {
  return {DW_CFA_def_cfa, 7, 8, DW_CFA_offset | 16, 1};
}

std::optional<UnwindRow> run(const ByteBuilder& instructions, memory::Address pc = kBegin + 0xFF) {
  static const ByteBuilder kInitial = usual();
  static ByteBuilder kept;  // expressions of the row lie in it, up to the next call
  kept = instructions;
  return run_cfi_program(header(), kInitial, kept, pc);
}

void expect_rule(const std::optional<UnwindRow>& row, std::size_t number, RuleKind kind, std::int64_t value) {
  ASSERT_TRUE(row);
  EXPECT_EQ(row->registers[number].kind, kind);
  EXPECT_EQ(row->registers[number].value, value);
}

TEST(CfiProgram, GivesWhatTheCommonPartSays) {
  const auto row = run({});
  ASSERT_TRUE(row);
  EXPECT_FALSE(row->cfa_is_expression);
  EXPECT_EQ(row->cfa_register, 7U);
  EXPECT_EQ(row->cfa_offset, 8);
  EXPECT_EQ(row->return_register, 16U);
  EXPECT_EQ(row->begin, kBegin);
  EXPECT_EQ(row->end, kBegin + 0x100);
  expect_rule(row, 16, RuleKind::at_offset, -8);
  expect_rule(row, 3, RuleKind::unspecified, 0);
}

// push %rbp; mov %rsp,%rbp: each row holds from its location on, up to the next.
TEST(CfiProgram, StopsAtTheAddress) {
  const ByteBuilder instructions{DW_CFA_advance_loc | 1, DW_CFA_def_cfa_offset,   16, DW_CFA_offset | 6, 2,
                                 DW_CFA_advance_loc | 3, DW_CFA_def_cfa_register, 6};
  auto row = run(instructions, kBegin);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->cfa_offset, 8);
  expect_rule(row, 6, RuleKind::unspecified, 0);
  for (const memory::Address pc : {kBegin + 1, kBegin + 3}) {
    row = run(instructions, pc);
    ASSERT_TRUE(row);
    EXPECT_EQ(row->cfa_register, 7U);
    EXPECT_EQ(row->cfa_offset, 16);
    expect_rule(row, 6, RuleKind::at_offset, -16);
  }
  row = run(instructions, kBegin + 4);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->cfa_register, 6U);
  EXPECT_EQ(row->cfa_offset, 16);
}

TEST(CfiProgram, AdvancesByEveryWidth) {
  ByteBuilder instructions{DW_CFA_advance_loc1, 0x10, DW_CFA_def_cfa_offset, 16, DW_CFA_advance_loc2};
  instructions.number(std::uint16_t{0x20}).add({DW_CFA_def_cfa_offset, 24, DW_CFA_advance_loc4});
  instructions.number(std::uint32_t{0x30}).add({DW_CFA_def_cfa_offset, 32, DW_CFA_set_loc});
  instructions.number(std::uint64_t{kBegin + 0x80}).add({DW_CFA_def_cfa_offset, 40});
  const auto offset = [&](memory::Address pc) { return run(instructions, kBegin + pc)->cfa_offset; };
  EXPECT_EQ(offset(0x0F), 8);
  EXPECT_EQ(offset(0x10), 16);
  EXPECT_EQ(offset(0x2F), 16);
  EXPECT_EQ(offset(0x30), 24);
  EXPECT_EQ(offset(0x5F), 24);
  EXPECT_EQ(offset(0x60), 32);
  EXPECT_EQ(offset(0x7F), 32);
  EXPECT_EQ(offset(0x80), 40);
}

TEST(CfiProgram, ScalesLocationsByTheCodeAlignment) {
  CfiHeader four = header();
  four.code_alignment = 4;
  const ByteBuilder instructions{DW_CFA_advance_loc | 2, DW_CFA_def_cfa_offset, 16};
  EXPECT_EQ(run_cfi_program(four, usual(), instructions, kBegin + 7)->cfa_offset, 8);
  EXPECT_EQ(run_cfi_program(four, usual(), instructions, kBegin + 8)->cfa_offset, 16);
}

TEST(CfiProgram, DefinesTheCfa) {
  auto row = run({DW_CFA_def_cfa, 6, 0x90, 0x01});
  EXPECT_EQ(row->cfa_register, 6U);
  EXPECT_EQ(row->cfa_offset, 0x90);
  row = run({DW_CFA_def_cfa_sf, 6, 0x7E});  // -2, scaled by -8
  EXPECT_EQ(row->cfa_register, 6U);
  EXPECT_EQ(row->cfa_offset, 16);
  row = run({DW_CFA_def_cfa_register, 10});
  EXPECT_EQ(row->cfa_register, 10U);
  EXPECT_EQ(row->cfa_offset, 8);
  EXPECT_EQ(run({DW_CFA_def_cfa_offset_sf, 0x7D})->cfa_offset, 24);
  row = run({DW_CFA_def_cfa_expression, 2, DW_OP_breg7, 0x10});
  ASSERT_TRUE(row->cfa_is_expression);
  ASSERT_EQ(row->cfa_expression.size(), 2U);
  EXPECT_EQ(row->cfa_expression[0], std::byte{DW_OP_breg7});
  row = run({DW_CFA_def_cfa_expression, 2, DW_OP_breg7, 0x10, DW_CFA_def_cfa, 7, 32});
  EXPECT_FALSE(row->cfa_is_expression);
  EXPECT_EQ(row->cfa_offset, 32);
}

TEST(CfiProgram, DefinesRegisters) {
  expect_rule(run({DW_CFA_offset | 3, 2}), 3, RuleKind::at_offset, -16);
  expect_rule(run({DW_CFA_offset_extended, 12, 3}), 12, RuleKind::at_offset, -24);
  expect_rule(run({DW_CFA_offset_extended_sf, 12, 0x7F}), 12, RuleKind::at_offset, 8);
  expect_rule(run({DW_CFA_GNU_negative_offset_extended, 12, 2}), 12, RuleKind::at_offset, 16);
  expect_rule(run({DW_CFA_val_offset, 7, 2}), 7, RuleKind::is_offset, -16);
  expect_rule(run({DW_CFA_val_offset_sf, 7, 0x7E}), 7, RuleKind::is_offset, 16);
  expect_rule(run({DW_CFA_register, 16, 2}), 16, RuleKind::in_register, 2);
  expect_rule(run({DW_CFA_undefined, 16}), 16, RuleKind::undefined, 0);
  expect_rule(run({DW_CFA_same_value, 3}), 3, RuleKind::same_value, 0);
  for (const auto& [instruction, kind] : {std::pair(DW_CFA_expression, RuleKind::at_expression),
                                          std::pair(DW_CFA_val_expression, RuleKind::is_expression)}) {
    const auto row = run({instruction, 6, 2, DW_OP_breg7, 8});
    ASSERT_TRUE(row);
    EXPECT_EQ(row->registers[6].kind, kind);
    ASSERT_EQ(row->registers[6].expression.size(), 2U);
    EXPECT_EQ(row->registers[6].expression[1], std::byte{8});
  }
}

TEST(CfiProgram, PassesOverWhatChangesNothing) {
  const auto row = run({DW_CFA_nop, DW_CFA_GNU_args_size, 0x80, 0x01, DW_CFA_GNU_window_save, DW_CFA_offset | 3, 2});
  expect_rule(row, 3, RuleKind::at_offset, -16);
}

// Flags and vector registers have numbers beyond those that are followed.
TEST(CfiProgram, PassesOverRegistersThatAreNotFollowed) {
  EXPECT_TRUE(run({DW_CFA_offset | 49, 2, DW_CFA_restore | 49, DW_CFA_undefined, 0xFF, 0xFF, 0xFF, 0x7F}));
  EXPECT_TRUE(run({DW_CFA_restore_extended, 0xFF, 0xFF, 0xFF, 0x7F}));
}

TEST(CfiProgram, RestoresWhatTheCommonPartSaid) {
  expect_rule(run({DW_CFA_offset | 16, 5, DW_CFA_restore | 16}), 16, RuleKind::at_offset, -8);
  expect_rule(run({DW_CFA_offset | 16, 5, DW_CFA_restore_extended, 16}), 16, RuleKind::at_offset, -8);
  expect_rule(run({DW_CFA_offset | 3, 5, DW_CFA_restore | 3}), 3, RuleKind::unspecified, 0);
}

// As compilers do around an early return.
TEST(CfiProgram, RemembersAndRecallsStates) {
  const ByteBuilder instructions{DW_CFA_def_cfa_offset,
                                 48,
                                 DW_CFA_offset | 3,
                                 2,
                                 DW_CFA_remember_state,
                                 DW_CFA_advance_loc | 8,
                                 DW_CFA_def_cfa_offset,
                                 8,
                                 DW_CFA_restore | 3,
                                 DW_CFA_remember_state,
                                 DW_CFA_advance_loc | 1,
                                 DW_CFA_def_cfa_offset,
                                 99,
                                 DW_CFA_restore_state,
                                 DW_CFA_advance_loc | 1,
                                 DW_CFA_restore_state};
  auto row = run(instructions, kBegin + 8);
  EXPECT_EQ(row->cfa_offset, 8);
  expect_rule(row, 3, RuleKind::unspecified, 0);
  EXPECT_EQ(run(instructions, kBegin + 9)->cfa_offset, 8);
  row = run(instructions, kBegin + 10);
  EXPECT_EQ(row->cfa_offset, 48);
  expect_rule(row, 3, RuleKind::at_offset, -16);
}

TEST(CfiProgram, RefusesNonsense) {
  EXPECT_FALSE(run({DW_CFA_restore_state})) << "nothing was remembered";
  EXPECT_FALSE(run({0x3F}));
  EXPECT_FALSE(run({0x19, 0}));
  ByteBuilder many;
  for (int i = 0; i < 17; ++i) {
    many.add({DW_CFA_remember_state});
  }
  EXPECT_FALSE(run(many));
  // What the common part remembered is not there for a function.
  EXPECT_FALSE(
      run_cfi_program(header(), ByteBuilder{DW_CFA_remember_state}, ByteBuilder{DW_CFA_restore_state}, kBegin));
  EXPECT_FALSE(run_cfi_program(header(), ByteBuilder{DW_CFA_restore_state}, ByteBuilder{}, kBegin));
}

TEST(CfiProgram, RefusesWhatEndsInTheMiddle) {
  for (const ByteBuilder& bytes :
       {ByteBuilder{DW_CFA_offset | 3}, ByteBuilder{DW_CFA_offset | 3, 0x80}, ByteBuilder{DW_CFA_def_cfa, 7},
        ByteBuilder{DW_CFA_advance_loc1}, ByteBuilder{DW_CFA_advance_loc2, 1},
        ByteBuilder{DW_CFA_advance_loc4, 1, 0, 0}, ByteBuilder{DW_CFA_set_loc, 1, 2, 3}, ByteBuilder{DW_CFA_undefined},
        ByteBuilder{DW_CFA_register, 3}, ByteBuilder{DW_CFA_expression, 3, 5, DW_OP_lit0},
        ByteBuilder{DW_CFA_def_cfa_expression, 1}, ByteBuilder{DW_CFA_GNU_args_size},
        ByteBuilder{DW_CFA_val_offset, 3}}) {
    EXPECT_FALSE(run(bytes, ~memory::Address{0})) << std::to_integer<int>(bytes.bytes()[0]);
  }
}

// Rows are kept by the thousand, and an expression is evaluated for each call.
TEST(CfiProgram, RefusesHugeExpressions) {
  ByteBuilder bytes{DW_CFA_def_cfa_expression};
  bytes.uleb(100'000);
  for (int i = 0; i < 100'000; ++i) {
    bytes.add({DW_OP_nop});
  }
  EXPECT_FALSE(run(bytes));
}

// The instructions behind the address are not looked at: they may use what is not known here.
TEST(CfiProgram, LooksNoFurtherThanTheAddress) {
  EXPECT_TRUE(run({DW_CFA_advance_loc | 4, 0x3F}, kBegin + 3));
  EXPECT_FALSE(run({DW_CFA_advance_loc | 4, 0x3F}, kBegin + 4));
}

}  // namespace
}  // namespace stillframe::binary
