#include "cpython/values/machine_numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>
#include <type_traits>

namespace stillframe::cpython {
namespace {

constexpr std::size_t kWidest = 16;  // long double

// From where on numbers are written with an exponent. Python: float_repr_style "short", Python/pystrtod.c.
constexpr double kUsualEnd = 1e16;
constexpr double kEndOfFloat = 1e6;  // numpy 2, of float32
constexpr double kEndOfHalf = 1e3;   // likewise, of float16

// Whether it is written without one; numpy compares the value, not the digits: float32's 1e-4 lies below 1e-4.
template <typename T>
bool is_plain(T value, double end) {
  const long double least = sizeof(T) > sizeof(double) ? 1e-4L : static_cast<long double>(1e-4);
  const auto size = std::abs(static_cast<long double>(value));
  return size == 0 || (size >= least && size < static_cast<long double>(end));
}

// The shortest digits that give a number back, which come as "d.ddde+NN", in the way of repr().
std::string arranged(std::string_view scientific, bool plain) {
  const bool negative = scientific.starts_with('-');
  scientific.remove_prefix(negative ? 1 : 0);
  const std::size_t e = scientific.find('e');
  int exponent = 0;
  const std::string_view behind = scientific.substr(e + (scientific[e + 1] == '+' ? 2 : 1));
  std::from_chars(behind.data(), behind.data() + behind.size(), exponent);
  std::string digits(scientific.substr(0, e));
  std::erase(digits, '.');
  std::string out = negative ? "-" : "";
  if (!plain) {
    out += digits.substr(0, 1);
    out += digits.size() > 1 ? "." + digits.substr(1) : "";
    return out + fmt::format("e{}{:02}", exponent < 0 ? '-' : '+', std::abs(exponent));
  }
  if (exponent < 0) {
    return out + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  }
  const std::size_t point = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= point) {
    return out + digits + std::string(point - digits.size(), '0') + ".0";
  }
  return out + digits.substr(0, point) + "." + digits.substr(point);
}

template <typename T>
std::string shortest(T value, double end = kUsualEnd) {
  if (std::isnan(value)) {
    return "nan";
  }
  if (std::isinf(value)) {
    return value < 0 ? "-inf" : "inf";
  }
  std::array<char, 64> text{};
  const bool plain = is_plain(value, end);
  if constexpr (std::is_same_v<T, double>) {
    // Below 2^53 every whole number is a double: there the digits of a plain number are the shortest ones.
    constexpr double certain = 1e15;
    if (plain && std::abs(value) < certain) {
      const auto written = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
      const std::string_view digits(text.data(), written.ptr);
      return std::string(digits) + (digits.contains('.') ? "" : ".0");
    }
  }
  const auto written = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific);
  return arranged(std::string_view(text.data(), written.ptr), plain);
}

double from_half(std::uint16_t bits) {
  const int exponent = static_cast<int>(bits >> 10U & 31U);
  const double fraction = bits & 1023U;
  const double sign = (bits & 0x8000U) != 0 ? -1 : 1;
  if (exponent == 31) {
    return fraction != 0 ? std::numeric_limits<double>::quiet_NaN() : sign * std::numeric_limits<double>::infinity();
  }
  return sign * (exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024, exponent - 25));
}

// The shortest digits that lie nearer to this half than to its neighbours.
std::string half_text(std::uint16_t bits, double end) {
  const double value = from_half(bits);
  if (!std::isfinite(value) || value == 0) {
    return shortest(value);
  }
  const auto magnitude = static_cast<std::uint16_t>(bits & 0x7fffU);
  const double at = from_half(magnitude);
  const double above = magnitude == 0x7bffU ? 65536 : from_half(static_cast<std::uint16_t>(magnitude + 1));
  const double below = from_half(static_cast<std::uint16_t>(magnitude - 1));
  for (int precision = 0; precision < 8; ++precision) {
    const std::string text = fmt::format("{:.{}e}", at, precision);
    double back = 0;
    std::from_chars(text.data(), text.data() + text.size(), back);
    // A number in the middle is rounded to the even one.
    const bool even = (magnitude & 1U) == 0;
    const double up = (at + above) / 2;
    const double down = (at + below) / 2;
    if ((back < up && back > down) || (even && (back == up || back == down))) {
      return (value < 0 ? "-" : "") + arranged(text, is_plain(value, end));
    }
  }
  return shortest(value);
}

template <typename T>
T as(std::span<const std::byte> raw) {
  T value{};
  std::memcpy(&value, raw.data(), sizeof(T));
  return value;
}

std::optional<std::string> real_text(std::span<const std::byte> raw, bool widened, bool brief) {
  switch (raw.size()) {
    case 2:
      return widened ? shortest(from_half(as<std::uint16_t>(raw)))
                     : half_text(as<std::uint16_t>(raw), brief ? kEndOfHalf : kUsualEnd);
    case 4:
      return widened ? shortest(static_cast<double>(as<float>(raw)))
                     : shortest(as<float>(raw), brief ? kEndOfFloat : kUsualEnd);
    case 8:
      return shortest(as<double>(raw));
    case sizeof(long double):
      return widened ? shortest(static_cast<double>(as<long double>(raw))) : shortest(as<long double>(raw));
    default:
      return std::nullopt;
  }
}

// 1+2j; (1+2j) where there is a real part: the part that is a whole number is written without its ".0".
std::optional<std::string> complex_text(std::span<const std::byte> raw, const NumberFormat& format) {
  const std::size_t half = raw.size() / 2;
  auto real = real_text(raw.first(half), format.widened, format.brief);
  auto imaginary = real_text(raw.subspan(half), format.widened, format.brief);
  if (!real || !imaginary) {
    return std::nullopt;
  }
  const auto bare = [](std::string& text) {
    if (text.ends_with(".0")) {
      text.resize(text.size() - 2);
    }
  };
  bare(*real);
  bare(*imaginary);
  if (*real == "0") {
    return *imaginary + "j";
  }
  return fmt::format("({}{}{}j)", *real, imaginary->starts_with('-') ? "" : "+", *imaginary);
}

template <typename Narrow, typename... Wider>
std::optional<std::string> integer_text(std::span<const std::byte> raw) {
  if (raw.size() == sizeof(Narrow)) {
    return fmt::format("{}", as<Narrow>(raw));
  }
  if constexpr (sizeof...(Wider) > 0) {
    return integer_text<Wider...>(raw);
  }
  return std::nullopt;
}

}  // namespace

std::string float_text(double value) {
  return shortest(value);
}

std::optional<std::string> number_text(std::span<const std::byte> raw, const NumberFormat& format) {
  if (format.size == 0 || format.size > 2 * kWidest || raw.size() < format.size) {
    return std::nullopt;
  }
  std::array<std::byte, 2 * kWidest> own{};
  std::ranges::copy(raw.first(format.size), own.begin());
  const std::span<std::byte> bytes(own.data(), format.size);
  const bool complex = format.kind == NumberFormat::Kind::complex;
  if (format.swapped) {
    const std::size_t part = complex ? format.size / 2 : format.size;
    for (std::size_t at = 0; at + part <= bytes.size(); at += part) {
      std::ranges::reverse(bytes.subspan(at, part));
    }
  }
  switch (format.kind) {
    case NumberFormat::Kind::boolean:
      return std::ranges::any_of(bytes, [](std::byte one) { return one != std::byte{0}; }) ? "True" : "False";
    case NumberFormat::Kind::signed_integer:
      return integer_text<std::int8_t, std::int16_t, std::int32_t, std::int64_t>(bytes);
    case NumberFormat::Kind::unsigned_integer:
      return integer_text<std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t>(bytes);
    case NumberFormat::Kind::real:
      return real_text(bytes, format.widened, format.brief);
    case NumberFormat::Kind::complex:
      return complex_text(bytes, format);
  }
  return std::nullopt;
}

}  // namespace stillframe::cpython
