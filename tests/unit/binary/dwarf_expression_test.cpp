#include "binary/dwarf_expression.h"

#include <dwarf.h>
#include <gtest/gtest.h>

#include "binary/byte_builder.h"
#include "fake_memory.h"

namespace stillframe::binary {
namespace {

using testing::ByteBuilder;
using testing::FakeMemory;

constexpr memory::Address kData = 0x5000;

class DwarfExpression : public ::testing::Test {
 protected:
  DwarfExpression() {
    registers_.set(0, 100);
    registers_.set(7, kData);
    registers_.set(16, 0x401016);
    memory_.put(kData, std::uint64_t{0x1122334455667788});
    memory_.put(kData + 8, std::uint64_t{0});
  }

  [[nodiscard]] std::expected<std::uint64_t, ExpressionFault> run(
      const ByteBuilder& bytes, std::optional<std::uint64_t> initial = std::nullopt) const {
    std::uint64_t effort = 1'000'000;
    return evaluate(bytes, registers_, memory_, initial, 0x10000, effort);
  }

  void expect(const ByteBuilder& bytes, std::uint64_t value) const {
    const auto result = run(bytes);
    ASSERT_TRUE(result) << std::to_integer<int>(bytes.bytes().back());
    EXPECT_EQ(*result, value) << std::to_integer<int>(bytes.bytes().back());
  }

  void expect_fault(const ByteBuilder& bytes, ExpressionFault fault) const {
    const auto result = run(bytes);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error(), fault);
  }

  FakeMemory memory_;
  RegisterSet registers_;
};

constexpr std::uint64_t minus(std::uint64_t value) {
  return ~value + 1;
}

TEST_F(DwarfExpression, PushesConstants) {
  expect({DW_OP_lit0}, 0);
  expect({DW_OP_lit31}, 31);
  expect({DW_OP_const1u, 0xFF}, 0xFF);
  expect({DW_OP_const1s, 0xFF}, minus(1));
  expect({DW_OP_const2u, 0xFE, 0xFF}, 0xFFFE);
  expect({DW_OP_const2s, 0xFE, 0xFF}, minus(2));
  expect({DW_OP_const4u, 0xFD, 0xFF, 0xFF, 0xFF}, 0xFFFFFFFD);
  expect({DW_OP_const4s, 0xFD, 0xFF, 0xFF, 0xFF}, minus(3));
  expect(ByteBuilder{DW_OP_const8u}.number(std::uint64_t{0x123456789ABCDEF0}), 0x123456789ABCDEF0);
  expect(ByteBuilder{DW_OP_const8s}.number(std::int64_t{-5}), minus(5));
  expect({DW_OP_constu, 0x80, 0x01}, 128);
  expect({DW_OP_consts, 0x80, 0x7F}, minus(128));
  expect(ByteBuilder{DW_OP_addr}.number(std::uint64_t{0x4000}), 0x14000);
}

TEST_F(DwarfExpression, PushesRegisters) {
  expect({DW_OP_breg0, 0x7C}, 96);
  expect({DW_OP_breg7, 8}, kData + 8);
  expect({DW_OP_bregx, 7, 8}, kData + 8);
  expect_fault({DW_OP_breg3, 0}, ExpressionFault::unknown_register);
  expect_fault({DW_OP_bregx, 3, 0}, ExpressionFault::unknown_register);
  expect_fault({DW_OP_breg31, 0}, ExpressionFault::unknown_register);
  expect_fault({DW_OP_bregx, 0xFF, 0xFF, 0x7F, 0}, ExpressionFault::unknown_register);
}

TEST_F(DwarfExpression, MovesTheStack) {
  expect({DW_OP_lit1, DW_OP_lit2, DW_OP_nop, DW_OP_drop}, 1);
  expect({DW_OP_lit3, DW_OP_dup, DW_OP_plus}, 6);
  expect({DW_OP_lit1, DW_OP_lit2, DW_OP_over}, 1);
  expect({DW_OP_lit1, DW_OP_lit2, DW_OP_lit3, DW_OP_pick, 2}, 1);
  expect({DW_OP_lit1, DW_OP_lit2, DW_OP_lit3, DW_OP_pick, 0}, 3);
  expect({DW_OP_lit1, DW_OP_lit2, DW_OP_swap}, 1);
  // DWARF 5, section 2.5.1.3: the first becomes the third, the second the first, the third the second.
  const ByteBuilder rotated{DW_OP_lit1, DW_OP_lit2, DW_OP_lit3, DW_OP_rot};
  expect(rotated, 2);
  expect(ByteBuilder(rotated).add({DW_OP_drop}), 1);
  expect(ByteBuilder(rotated).add({DW_OP_drop, DW_OP_drop}), 3);
}

TEST_F(DwarfExpression, Calculates) {
  expect({DW_OP_lit7, DW_OP_lit9, DW_OP_plus}, 16);
  expect({DW_OP_lit7, DW_OP_lit9, DW_OP_minus}, minus(2));
  expect({DW_OP_lit7, DW_OP_lit9, DW_OP_mul}, 63);
  expect({DW_OP_lit12, DW_OP_lit10, DW_OP_and}, 8);
  expect({DW_OP_lit12, DW_OP_lit10, DW_OP_or}, 14);
  expect({DW_OP_lit12, DW_OP_lit10, DW_OP_xor}, 6);
  expect({DW_OP_lit7, DW_OP_neg}, minus(7));
  expect({DW_OP_lit7, DW_OP_not}, ~std::uint64_t{7});
  expect({DW_OP_const1s, 0xF9, DW_OP_abs}, 7);
  expect({DW_OP_lit7, DW_OP_abs}, 7);
  expect({DW_OP_lit7, DW_OP_plus_uconst, 0x80, 0x01}, 135);
  expect({DW_OP_lit7, DW_OP_lit2, DW_OP_shl}, 28);
  expect({DW_OP_lit28, DW_OP_lit2, DW_OP_shr}, 7);
  expect({DW_OP_const1s, 0xE0, DW_OP_lit2, DW_OP_shra}, minus(8));
  for (const int shift : {DW_OP_shl, DW_OP_shr}) {
    expect({DW_OP_lit7, DW_OP_const1u, 64, shift}, 0);
  }
  expect({DW_OP_const1s, 0xE0, DW_OP_const1u, 200, DW_OP_shra}, minus(1));
}

TEST_F(DwarfExpression, ComparesWithSign) {
  const auto compare = [this](int operation, int left, int right) {
    return *run({DW_OP_const1s, left, DW_OP_const1s, right, operation});
  };
  EXPECT_EQ(compare(DW_OP_eq, 3, 3), 1U);
  EXPECT_EQ(compare(DW_OP_eq, 3, 4), 0U);
  EXPECT_EQ(compare(DW_OP_ne, 3, 4), 1U);
  EXPECT_EQ(compare(DW_OP_ne, 3, 3), 0U);
  EXPECT_EQ(compare(DW_OP_lt, 0xFF, 1), 1U);
  EXPECT_EQ(compare(DW_OP_lt, 1, 1), 0U);
  EXPECT_EQ(compare(DW_OP_le, 1, 1), 1U);
  EXPECT_EQ(compare(DW_OP_le, 1, 0xFF), 0U);
  EXPECT_EQ(compare(DW_OP_gt, 1, 0xFF), 1U);
  EXPECT_EQ(compare(DW_OP_gt, 1, 1), 0U);
  EXPECT_EQ(compare(DW_OP_ge, 1, 1), 1U);
  EXPECT_EQ(compare(DW_OP_ge, 0xFF, 1), 0U);
}

TEST_F(DwarfExpression, ReadsMemory) {
  expect({DW_OP_breg7, 0, DW_OP_deref}, 0x1122334455667788);
  expect({DW_OP_breg7, 0, DW_OP_deref_size, 1}, 0x88);
  expect({DW_OP_breg7, 0, DW_OP_deref_size, 4}, 0x55667788);
  expect({DW_OP_breg7, 0, DW_OP_deref_size, 8}, 0x1122334455667788);
  expect_fault({DW_OP_breg7, 0, DW_OP_deref_size, 0}, ExpressionFault::nonsense);
  expect_fault({DW_OP_breg7, 0, DW_OP_deref_size, 9}, ExpressionFault::nonsense);
  expect_fault({DW_OP_lit0, DW_OP_deref}, ExpressionFault::memory);
}

TEST_F(DwarfExpression, Branches) {
  expect({DW_OP_lit5, DW_OP_skip, 1, 0, DW_OP_neg}, 5);
  expect({DW_OP_lit5, DW_OP_lit1, DW_OP_bra, 1, 0, DW_OP_neg}, 5);
  expect({DW_OP_lit5, DW_OP_lit0, DW_OP_bra, 1, 0, DW_OP_neg}, minus(5));
  // Counts down: a branch backwards.
  expect({DW_OP_lit5, DW_OP_lit1, DW_OP_minus, DW_OP_dup, DW_OP_bra, 0xFA, 0xFF}, 0);
  expect_fault({DW_OP_lit5, DW_OP_skip, 1, 0}, ExpressionFault::nonsense);
  expect_fault({DW_OP_lit5, DW_OP_skip, 0xF0, 0xFF}, ExpressionFault::nonsense);
}

TEST_F(DwarfExpression, EndsWhatDoesNotEnd) {
  const ByteBuilder endless{DW_OP_lit1, DW_OP_skip, 0xFD, 0xFF};
  expect_fault(endless, ExpressionFault::nonsense);
  std::uint64_t effort = 10;
  EXPECT_FALSE(evaluate(endless, registers_, memory_, std::nullopt, 0, effort));
  EXPECT_EQ(effort, 0U);
  effort = 10;
  EXPECT_TRUE(evaluate(ByteBuilder{DW_OP_lit1, DW_OP_nop}, registers_, memory_, std::nullopt, 0, effort));
  EXPECT_EQ(effort, 8U);
}

TEST_F(DwarfExpression, RefusesNonsense) {
  ByteBuilder deep;
  for (int i = 0; i < 65; ++i) {
    deep.add({DW_OP_lit0});
  }
  expect_fault(deep, ExpressionFault::nonsense);
  for (const ByteBuilder& bytes :
       {ByteBuilder{}, ByteBuilder{DW_OP_nop}, ByteBuilder{DW_OP_drop}, ByteBuilder{DW_OP_lit1, DW_OP_plus},
        ByteBuilder{DW_OP_lit1, DW_OP_swap}, ByteBuilder{DW_OP_lit1, DW_OP_lit1, DW_OP_rot},
        ByteBuilder{DW_OP_lit1, DW_OP_pick, 1}, ByteBuilder{DW_OP_lit1, DW_OP_over}, ByteBuilder{DW_OP_dup},
        ByteBuilder{DW_OP_const4u, 1, 2}, ByteBuilder{DW_OP_lit1, DW_OP_plus_uconst}, ByteBuilder{DW_OP_breg7},
        ByteBuilder{DW_OP_lit1, DW_OP_skip, 1}, ByteBuilder{0xFF}, ByteBuilder{DW_OP_lit2, DW_OP_lit1, DW_OP_div},
        ByteBuilder{DW_OP_lit1, DW_OP_call_frame_cfa}, ByteBuilder{DW_OP_deref}}) {
    const auto result = run(bytes);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error(), ExpressionFault::nonsense);
  }
}

TEST_F(DwarfExpression, StartsWithTheCfaOfARegisterRule) {
  EXPECT_EQ(*run({DW_OP_lit8, DW_OP_minus}, 0x7000), 0x6FF8U);
  EXPECT_EQ(*run({}, 0x7000), 0x7000U);
}

// What linkers write for a procedure linkage table of 16-byte entries: its second half runs with 8 bytes more pushed.
TEST_F(DwarfExpression, FindsTheCfaInAPlt) {
  const ByteBuilder plt{DW_OP_breg7, 8,        DW_OP_breg16, 0,         DW_OP_lit15, DW_OP_and,
                        DW_OP_lit11, DW_OP_ge, DW_OP_lit3,   DW_OP_shl, DW_OP_plus};
  expect(plt, kData + 8);
  registers_.set(16, 0x40101B);
  expect(plt, kData + 16);
  registers_.forget(16);
  expect_fault(plt, ExpressionFault::unknown_register);
}

}  // namespace
}  // namespace stillframe::binary
