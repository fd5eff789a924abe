#include "cpython/values/decimal.h"

#include <gtest/gtest.h>

#include <vector>

namespace stillframe::cpython {
namespace {

using Digits = std::vector<std::uint32_t>;

// 10^power, plus a small number, in digits of 30 bits.
Digits power_of_ten(int power, std::int64_t more = 0) {
  Digits digits{1};
  for (int i = 0; i < power; ++i) {
    std::uint64_t carry = 0;
    for (std::uint32_t& digit : digits) {
      carry += std::uint64_t{digit} * 10;
      digit = static_cast<std::uint32_t>(carry & 0x3fffffffU);
      carry >>= kDigitBits;
    }
    if (carry != 0) {
      digits.push_back(static_cast<std::uint32_t>(carry));
    }
  }
  for (std::size_t i = 0; i < digits.size() && more != 0; ++i) {
    const std::int64_t sum = static_cast<std::int64_t>(digits[i]) + more;
    digits[i] = static_cast<std::uint32_t>(sum & 0x3fffffff);
    more = sum >> kDigitBits;
  }
  while (digits.back() == 0) {
    digits.pop_back();
  }
  return digits;
}

LeadingDigits leading(const Digits& digits, std::uint64_t most) {
  const std::size_t read = std::min<std::size_t>(digits.size(), digits_for(most) + 2);
  return leading_decimals(std::span(digits).last(read), digits.size(), most);
}

TEST(Decimal, WritesAllDigits) {
  EXPECT_EQ(decimal(Digits{}), "0");
  EXPECT_EQ(decimal(Digits{7}), "7");
  EXPECT_EQ(decimal(Digits{0x3fffffff}), "1073741823");
  EXPECT_EQ(decimal(Digits{0, 1}), "1073741824");
  EXPECT_EQ(decimal(Digits{0x3fffffff, 0x3fffffff}), "1152921504606846975");
  for (const int power : {9, 10, 18, 100, 1000}) {
    EXPECT_EQ(decimal(power_of_ten(power)), "1" + std::string(static_cast<std::size_t>(power), '0'));
    EXPECT_EQ(decimal(power_of_ten(power, -1)), std::string(static_cast<std::size_t>(power), '9'));
  }
}

TEST(Decimal, LeadingDigitsAreThoseOfTheWholeNumber) {
  // 3^n, whose digits look like chance.
  Digits digits{1};
  for (int i = 0; i < 12'000; ++i) {
    std::uint64_t carry = 0;
    for (std::uint32_t& digit : digits) {
      carry += std::uint64_t{digit} * 3;
      digit = static_cast<std::uint32_t>(carry & 0x3fffffffU);
      carry >>= kDigitBits;
    }
    if (carry != 0) {
      digits.push_back(static_cast<std::uint32_t>(carry));
    }
    if (i % 997 != 0 || digits.size() < 60) {
      continue;
    }
    const std::string whole = decimal(digits);
    for (const std::uint64_t most : {1U, 2U, 9U, 50U, 128U, 300U}) {
      if (digits.size() <= digits_for(most) + 2) {
        continue;
      }
      const LeadingDigits found = leading(digits, most);
      EXPECT_TRUE(found.certain);
      EXPECT_EQ(found.digits, whole.substr(0, most)) << i;
      EXPECT_EQ(found.left_out, whole.size() - most) << i;
    }
  }
}

TEST(Decimal, SaysWhenLeadingDigitsDoNotSettleTheNumber) {
  const LeadingDigits exact = leading(power_of_ten(5000), 40);
  EXPECT_EQ(exact.digits, "1" + std::string(39, '0'));
  EXPECT_EQ(exact.left_out, 5001U - 40U);
  const LeadingDigits below = leading(power_of_ten(5000, -1), 40);
  EXPECT_FALSE(below.certain);
  const LeadingDigits above = leading(power_of_ten(5000, 1), 40);
  EXPECT_EQ(above.digits, "1" + std::string(39, '0'));
}

}  // namespace
}  // namespace stillframe::cpython
