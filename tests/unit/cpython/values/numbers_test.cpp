#include <gtest/gtest.h>

#include <bit>
#include <limits>

#include "cpython/values/value_writing.h"

namespace stillframe::cpython {
namespace {

using Address = memory::Address;

class EveryLayoutNumbers : public testing::ValueWriting {
 protected:
  // An int of 3.x, a long of 2.7.
  Address integer(const std::vector<std::uint32_t>& digits, bool negative = false) {
    const Address at = python.object(python.type(is_old() ? "long" : "int"), 64 + digits.size() * 4);
    for (std::size_t i = 0; i < digits.size(); ++i) {
      python.memory.put(at + layout.integer.digits.value() + i * 4, digits[i]);
    }
    set_size(at, digits.size(), negative);
    return at;
  }
  void set_size(Address at, std::uint64_t size, bool negative) {
    if (layout.integer.tag.present()) {
      python.set(at, layout.integer.tag, size << 3U | (negative ? 2U : 0U));
    } else {
      python.set(at, layout.var_object.size_field, negative ? 0 - size : size);
    }
  }
  [[nodiscard]] std::string suffix() const { return is_old() ? "L" : ""; }
};
SF_EVERY_LAYOUT(EveryLayoutNumbers);

TEST_P(EveryLayoutNumbers, WritesIntegersOfAnySize) {
  EXPECT_EQ(text(python.integer(42)), "42");
  EXPECT_EQ(text(integer({})), "0" + suffix());
  EXPECT_EQ(text(integer({5}, true)), "-5" + suffix());
  EXPECT_EQ(text(integer({0, 0, 0, 1})), "1237940039285380274899124224" + suffix());
  EXPECT_EQ(text(integer({0, 0, 0, 1}, true)), "-1237940039285380274899124224" + suffix());
}

TEST_P(EveryLayoutNumbers, CutsLongIntegers) {
  limits.max_string = 5;
  const Written written = write(integer({0, 0, 0, 1}, true));
  EXPECT_EQ(written.text, "-12379… 23 more digits" + suffix());
  EXPECT_TRUE(written.cut);
  // 2^30000 = 7.9409…e9030
  std::vector<std::uint32_t> digits(1001, 0);
  digits.back() = 1;
  EXPECT_EQ(text(integer(digits)), "79409… 9,026 more digits" + suffix());
}

TEST_P(EveryLayoutNumbers, ShowsNoDigitsThatMayBeWrong) {
  // 10^25200 - 1, and 10^25200: what comes first depends on what comes last.
  std::vector<std::uint32_t> power{1};
  for (int i = 0; i < 2800; ++i) {
    std::uint64_t carry = 0;
    for (std::uint32_t& digit : power) {
      carry += std::uint64_t{digit} * 1'000'000'000;
      digit = static_cast<std::uint32_t>(carry & 0x3FFFFFFFU);
      carry >>= 30U;
    }
    if (carry != 0) {
      power.push_back(static_cast<std::uint32_t>(carry));
    }
  }
  EXPECT_EQ(text(integer(power)), "… 83,713 more bits" + suffix());
  std::vector<std::uint32_t> below = power;
  for (std::uint32_t& digit : below) {
    digit = (digit - 1) & 0x3FFFFFFFU;
    if (digit != 0x3FFFFFFFU) {
      break;
    }
  }
  EXPECT_EQ(text(integer(below, true)), "-… 83,713 more bits" + suffix());
}

TEST_P(EveryLayoutNumbers, RefusesIntegersThatAreNone) {
  const Address at = integer({1, 2, 3});
  for (const std::uint64_t size : testing::kImpossible) {
    set_size(at, size >> 3U, false);
    EXPECT_TRUE(is_unreadable(at)) << size;
  }
  EXPECT_TRUE(is_unreadable(integer({1, 0x40000000})));
}

TEST_P(EveryLayoutNumbers, WritesBooleans) {
  const auto boolean = [&](std::uint64_t value) {
    python.integer_type = python.type("bool");
    return python.integer(value);
  };
  EXPECT_EQ(text(boolean(0)), "False");
  EXPECT_EQ(text(boolean(1)), "True");
  EXPECT_TRUE(is_unreadable(boolean(2)));
}

TEST_P(EveryLayoutNumbers, WritesFloatsAsShortAsTheyAre) {
  const std::vector<std::pair<double, std::string>> known{{0.0, "0.0"},
                                                          {-0.0, "-0.0"},
                                                          {1.0, "1.0"},
                                                          {0.1, "0.1"},
                                                          {-2.5, "-2.5"},
                                                          {100.0, "100.0"},
                                                          {1e15, "1000000000000000.0"},
                                                          {9999999999999998.0, "9999999999999998.0"},
                                                          {1e16, "1e+16"},
                                                          {1.5e16, "1.5e+16"},
                                                          {1e-4, "0.0001"},
                                                          {1.25e-4, "0.000125"},
                                                          {1e-5, "1e-05"},
                                                          {1.7976931348623157e308, "1.7976931348623157e+308"},
                                                          {5e-324, "5e-324"},
                                                          {std::numeric_limits<double>::infinity(), "inf"},
                                                          {-std::numeric_limits<double>::infinity(), "-inf"},
                                                          {std::numeric_limits<double>::quiet_NaN(), "nan"},
                                                          {-std::numeric_limits<double>::quiet_NaN(), "nan"}};
  for (const auto& [value, expected] : known) {
    EXPECT_EQ(text(number(value)), expected);
  }
}

TEST_P(EveryLayoutNumbers, WritesComplexNumbers) {
  const auto complex = [&](double real, double imaginary) {
    const Address at = python.object(python.type("complex"));
    set_word(at, 0, std::bit_cast<std::uint64_t>(real));
    set_word(at, 1, std::bit_cast<std::uint64_t>(imaginary));
    return at;
  };
  EXPECT_EQ(text(complex(0, 1)), "1j");
  EXPECT_EQ(text(complex(-0.0, 1)), "(-0+1j)");
  EXPECT_EQ(text(complex(1.5, -0.0)), "(1.5-0j)");
  EXPECT_EQ(text(complex(std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity())),
            "(nan+infj)");
}

}  // namespace
}  // namespace stillframe::cpython
