// bool, int, long, float and complex.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <vector>

#include "cpython/values/decimal.h"
#include "cpython/values/kind_lists.h"
#include "cpython/values/machine_numbers.h"
#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

// Decimal digits take time that grows with the square of their count; this many take some milliseconds.
constexpr std::uint64_t kMostDecimals = 20'000;
// No int is longer: 32 GiB.
constexpr std::uint64_t kMostIntDigits = std::uint64_t{1} << 33U;

std::uint64_t most_decimals(const Printer& out) {
  return std::clamp<std::uint64_t>(out.limits().max_string, 1, kMostDecimals);
}

// `read` digits are looked at, the most significant ones.
bool put_digits(Printer& out, Address digits, std::uint64_t count, std::uint64_t read) {
  const std::uint64_t most = most_decimals(out);
  std::vector<std::uint32_t> top(read);
  if (!out.objects().memory().read(digits + (count - read) * 4, std::as_writable_bytes(std::span(top)))) {
    return out.fail("its digits cannot be read");
  }
  if (std::ranges::any_of(top, [](std::uint32_t digit) { return (digit >> kDigitBits) != 0; })) {
    return out.fail("its digits are none");
  }
  if (read == count) {
    const std::string text = decimal(top);
    out.put(std::string_view(text).substr(0, most));
    if (text.size() > most) {
      out.more_of_text(text.size() - most, "digits");
    }
    return true;
  }
  if (top.back() == 0) {
    return out.fail("its first digit is 0");
  }
  const LeadingDigits found = leading_decimals(top, count, most);
  if (!found.certain && count <= digits_for(kMostDecimals)) {
    return put_digits(out, digits, count, count);
  }
  if (!found.certain) {
    // As near to a power of ten as that, all of its digits depend on the last ones.
    out.more_of_text((count - 1) * kDigitBits + static_cast<std::uint64_t>(std::bit_width(top.back())), "bits");
    return true;
  }
  out.put(found.digits);
  out.more_of_text(found.left_out, "digits");
  return true;
}

// Most ints have one digit or two: they are a machine's number.
bool put_short(Printer& out, Address digits, std::uint64_t count) {
  std::array<std::uint32_t, 2> both{};
  if (!out.objects().memory().read(digits, std::as_writable_bytes(std::span(both).first(count)))) {
    return out.fail("its digits cannot be read");
  }
  if (((both[0] | both[1]) >> kDigitBits) != 0) {
    return out.fail("its digits are none");
  }
  std::array<char, 20> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), both[0] | std::uint64_t{both[1]} << kDigitBits);
  out.put(std::string_view(text.data(), end.ptr));
  return true;
}

bool write_long(Printer& out, const Instance& object) {
  const auto size = out.objects().variable_size(object.address, true);
  if (!size) {
    return out.fail("its size cannot be read");
  }
  if (size->count > kMostIntDigits) {
    return out.fail("its size is impossible");
  }
  out.put(size->negative ? "-" : "");
  const Address digits = object.address + out.objects().layout().integer.digits.value();
  constexpr std::uint64_t longest_short = 20;
  if (size->count <= 2 && most_decimals(out) >= longest_short) {
    return put_short(out, digits, size->count);
  }
  return put_digits(out, digits, size->count, std::min(size->count, digits_for(most_decimals(out)) + 2));
}

bool write_int(Printer& out, const Instance& object) {
  if (!out.objects().layout().small_integer.value.present()) {
    return write_long(out, object);
  }
  // PyIntObject of 2.7: a C long.
  const auto value = out.objects().field<std::int64_t>(object.address, out.objects().layout().small_integer.value);
  if (!value) {
    return out.fail("its value cannot be read");
  }
  out.put(fmt::format("{}", *value));
  return true;
}

bool write_long_2(Printer& out, const Instance& object) {
  if (!write_long(out, object)) {
    return false;
  }
  out.put("L");
  return true;
}

bool write_bool(Printer& out, const Instance& object) {
  // The type of 2.7's is found by name alone, and Objects::integer() knows only int and long there.
  const Layout& layout = out.objects().layout();
  const auto value = layout.small_integer.value.present()
                         ? out.objects().field<std::uint64_t>(object.address, layout.small_integer.value)
                         : out.objects().integer(object.address);
  if (!value || *value > 1) {
    return out.fail("it is neither True nor False");
  }
  out.put(*value == 1 ? "True" : "False");
  return true;
}

bool write_float(Printer& out, const Instance& object) {
  const auto value = out.objects().field<double>(object.address, out.objects().layout().floating.value);
  if (!value) {
    return out.fail("its value cannot be read");
  }
  out.put(float_text(*value));
  return true;
}

// PyComplexObject (Include/complexobject.h): two doubles. complex_repr() in Objects/complexobject.c.
bool write_complex(Printer& out, const Instance& object) {
  std::array<std::byte, 2 * sizeof(double)> raw{};
  const bool read = out.objects().memory().read(object.address + word(out.objects(), 0).value(), raw).has_value();
  const auto text = read ? number_text(raw, {.kind = NumberFormat::Kind::complex, .size = raw.size()}) : std::nullopt;
  if (!text) {
    return out.fail("its value cannot be read");
  }
  out.put(*text);
  return true;
}

constexpr Kind kNumberKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "int", .write = write_int},         {.name = "long", .write = write_long_2},
    {.name = "bool", .write = write_bool},       {.name = "float", .write = write_float},
    {.name = "complex", .write = write_complex},
};

}  // namespace

std::span<const Kind> number_kinds() {
  return kNumberKinds;
}

}  // namespace stillframe::cpython
