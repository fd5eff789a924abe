#include "cpython/values/decimal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace stillframe::cpython {
namespace {

constexpr std::uint32_t kBillion = 1'000'000'000;
constexpr std::uint64_t kDigitMask = (std::uint64_t{1} << kDigitBits) - 1;
// Digits beyond those that are asked for: what rounding down in some 130 multiplications can spoil, and far more.
constexpr std::uint64_t kGuardDigits = 8;

using Digits = std::vector<std::uint32_t>;  // of 30 bits, the least significant first

// A number kept to a fixed count of digits: mantissa * 2^(30 * exponent), rounded down.
struct Rounded {
  Digits mantissa;
  std::int64_t exponent = 0;
};

// Drops leading zeros, and digits at the end that are more than `precision`.
void normalize(Rounded& number, std::size_t precision) {
  while (!number.mantissa.empty() && number.mantissa.back() == 0) {
    number.mantissa.pop_back();
  }
  if (number.mantissa.size() > precision) {
    const auto drop = static_cast<std::ptrdiff_t>(number.mantissa.size() - precision);
    number.mantissa.erase(number.mantissa.begin(), number.mantissa.begin() + drop);
    number.exponent += drop;
  }
}

Rounded multiply(const Rounded& left, const Rounded& right, std::size_t precision) {
  Rounded product{.mantissa = Digits(left.mantissa.size() + right.mantissa.size(), 0),
                  .exponent = left.exponent + right.exponent};
  for (std::size_t i = 0; i < left.mantissa.size(); ++i) {
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j < right.mantissa.size(); ++j) {
      carry += std::uint64_t{left.mantissa[i]} * right.mantissa[j] + product.mantissa[i + j];
      product.mantissa[i + j] = static_cast<std::uint32_t>(carry & kDigitMask);
      carry >>= kDigitBits;
    }
    product.mantissa[i + right.mantissa.size()] = static_cast<std::uint32_t>(carry);
  }
  normalize(product, precision);
  return product;
}

// 10^-power.
Rounded tenth_to(std::uint64_t power, std::size_t precision) {
  // 2^(30 * precision) / 10
  Rounded square{.mantissa = Digits(precision, 0), .exponent = -static_cast<std::int64_t>(precision)};
  std::uint64_t rest = 1;
  for (std::size_t i = precision; i-- > 0;) {
    rest <<= kDigitBits;
    square.mantissa[i] = static_cast<std::uint32_t>(rest / 10);
    rest %= 10;
  }
  Rounded result{.mantissa = {1}};
  for (; power != 0; power >>= 1U) {
    if ((power & 1U) != 0) {
      result = multiply(result, square, precision);
    }
    square = multiply(square, square, precision);
  }
  return result;
}

// What stands before the point of a number whose exponent is negative. All of its rounding was down: where nothing but
// ones stands behind the point, the next number may be meant, as it is where the number was 10^n.
std::string whole_part(Rounded number, bool& certain) {
  constexpr std::size_t kLookedAt = 4;
  const auto behind = std::min(static_cast<std::size_t>(-number.exponent), number.mantissa.size());
  const auto fraction = std::span(number.mantissa).first(behind);
  certain = fraction.size() < kLookedAt ||
            std::ranges::any_of(fraction.last(kLookedAt), [](std::uint32_t digit) { return digit != kDigitMask; });
  const auto whole = std::span(number.mantissa).subspan(behind);
  if (!certain) {
    for (std::uint32_t& digit : whole) {
      digit = static_cast<std::uint32_t>((digit + 1) & kDigitMask);
      if (digit != 0) {
        break;
      }
    }
  }
  return decimal(whole);
}

}  // namespace

std::string decimal(std::span<const std::uint32_t> digits) {
  std::vector<std::uint32_t> billions;  // the least significant first
  billions.reserve(digits.size() * 31 / 29 + 1);
  for (std::size_t i = digits.size(); i-- > 0;) {
    std::uint64_t carry = digits[i];
    for (std::uint32_t& billion : billions) {
      carry += std::uint64_t{billion} << kDigitBits;
      billion = static_cast<std::uint32_t>(carry % kBillion);
      carry /= kBillion;
    }
    for (; carry != 0; carry /= kBillion) {
      billions.push_back(static_cast<std::uint32_t>(carry % kBillion));
    }
  }
  if (billions.empty()) {
    return "0";
  }
  std::string text = fmt::format("{}", billions.back());
  for (std::size_t i = billions.size() - 1; i-- > 0;) {
    fmt::format_to(std::back_inserter(text), "{:09}", billions[i]);
  }
  return text;
}

std::uint64_t digits_for(std::uint64_t most) {
  return most / 9 + kGuardDigits;  // more than nine decimal digits fit into 30 bits
}

LeadingDigits leading_decimals(std::span<const std::uint32_t> top, std::uint64_t count, std::uint64_t most) {
  const std::size_t precision = digits_for(most) + kGuardDigits;
  Rounded number{.mantissa = Digits(top.begin(), top.end()), .exponent = static_cast<std::int64_t>(count - top.size())};
  normalize(number, precision);
  // As many decimal digits as the leading bits promise; one of them may be too many.
  const double bits =
      static_cast<double>(number.exponent) * kDigitBits + static_cast<double>(number.mantissa.size()) * kDigitBits;
  const double estimate = std::floor((bits - kDigitBits) * 0.30102999566398119521);
  // One digit more than is shown, so that an estimate that is one too high still gives enough.
  const auto drop = static_cast<std::uint64_t>(std::max(estimate - static_cast<double>(most) - 1, 0.0));
  bool certain = true;
  std::string digits = whole_part(multiply(number, tenth_to(drop, precision), precision), certain);
  const std::uint64_t all = drop + digits.size();
  digits.resize(std::min<std::uint64_t>(digits.size(), most));
  return {.digits = digits, .left_out = all - digits.size(), .certain = certain};
}

}  // namespace stillframe::cpython
