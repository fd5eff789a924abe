// decimal.Decimal and decimal.Context: libmpdec's numbers (Modules/_decimal, 3.3+), and the Python classes of 2.7.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "cpython/values/attributes.h"
#include "cpython/values/c_members.h"
#include "cpython/values/kind_lists.h"

namespace stillframe::cpython {
namespace {

// mpd_t in Modules/_decimal/libmpdec/mpdecimal.h; PyDecObject has the hash in front of it.
struct MpDecimal {
  std::int64_t hash;
  std::uint8_t flags;
  std::int64_t exponent, digits, length, allocated;
  Address data;
};
constexpr std::uint8_t kNegative = 1;
constexpr std::uint8_t kInfinite = 2;
constexpr std::uint8_t kNotANumber = 4;
constexpr std::uint8_t kSignaling = 8;
constexpr std::int64_t kDigitsOfWord = 19;                     // MPD_RDIGITS of 64-bit machines
constexpr std::int64_t kMostDigits = 999'999'999'999'999'999;  // MPD_MAX_PREC
constexpr std::int64_t kMostExponent = 2 * kMostDigits;

struct Digits {
  std::string first;       // as many as are shown
  std::int64_t count = 0;  // that there are
};

// The words are in data, the least significant first: those at the end hold the first digits.
std::optional<Digits> digits_of(Printer& out, const MpDecimal& number) {
  if (number.digits < 1 || number.digits > kMostDigits ||
      number.length != (number.digits + kDigitsOfWord - 1) / kDigitsOfWord) {
    return std::nullopt;
  }
  const auto wanted =
      std::min(static_cast<std::uint64_t>(number.digits), std::max<std::uint64_t>(out.limits().max_string, 1));
  const auto digits_of_first_word = static_cast<std::size_t>((number.digits - 1) % kDigitsOfWord + 1);
  Digits found{.first = {}, .count = number.digits};
  for (std::int64_t i = number.length - 1; i >= 0 && found.first.size() < wanted; --i) {
    const auto word = read_at<std::uint64_t>(out, number.data + static_cast<std::uint64_t>(i) * 8);
    if (!word || *word >= 10'000'000'000'000'000'000U) {
      return std::nullopt;
    }
    found.first += i == number.length - 1 ? fmt::format("{}", *word) : fmt::format("{:019}", *word);
    if (i == number.length - 1 && found.first.size() != digits_of_first_word) {
      return std::nullopt;
    }
  }
  found.first.resize(std::min<std::size_t>(found.first.size(), wanted));
  return found;
}

void put_mark(Printer& out, const Digits& digits) {
  if (std::cmp_less(digits.first.size(), digits.count)) {
    out.more_of_text(static_cast<std::uint64_t>(digits.count) - digits.first.size(), "digits");
  }
}

// to-scientific-string of the General Decimal Arithmetic Specification; `capital` is context.capitals, which is 1
// unless somebody changed it.
void put_finite(Printer& out, const Digits& digits, std::int64_t exponent) {
  const std::int64_t left = exponent + digits.count;  // how many digits stand left of the point
  const bool plain = exponent <= 0 && left > -6;
  const std::int64_t point = plain ? left : 1;
  if (point <= 0) {
    out.put("0." + std::string(static_cast<std::size_t>(-point), '0') + digits.first);
    put_mark(out, digits);
  } else if (std::cmp_less(point, digits.first.size())) {
    out.put(digits.first.substr(0, static_cast<std::size_t>(point)));
    out.put(".");
    out.put(digits.first.substr(static_cast<std::size_t>(point)));
    put_mark(out, digits);
  } else {
    out.put(digits.first);
    put_mark(out, digits);
  }
  if (left != point) {
    out.put(fmt::format("E{:+}", left - point));
  }
}

// Gives up the parts of a number of the Python class: _sign, _int, _exp (Lib/decimal.py of 2.7), "F", "n" and "N" for
// infinity and what is not a number.
bool write_python_decimal(Printer& out, const Instance& object) {
  const Attributes parts = attributes_of(out.objects(), object.address, *object.type.kind_type, 8);
  std::optional<std::uint64_t> sign;
  std::optional<std::uint64_t> exponent;
  std::optional<std::string> letter;
  Digits digits;
  for (const Attribute& part : parts.list) {
    if (part.name == "_sign") {
      sign = out.objects().integer(part.value);
    } else if (part.name == "_exp") {
      letter = out.objects().text(part.value, 1);
      exponent = out.objects().integer(part.value);
    } else if (part.name == "_int") {
      const auto length = out.objects().field<std::uint64_t>(part.value, out.objects().layout().var_object.size_field);
      digits.count = static_cast<std::int64_t>(std::min<std::uint64_t>(length.value_or(0), kMostDigits));
      if (const auto whole = out.objects().text(part.value, std::uint64_t{1} << 20U)) {
        digits.first = whole->substr(0, std::max<std::uint64_t>(out.limits().max_string, 1));
      }
    }
  }
  const bool special = letter && (*letter == "F" || *letter == "n" || *letter == "N");
  const auto power = static_cast<std::int64_t>(exponent.value_or(0));
  if (!sign || *sign > 1 || power < -kMostExponent || power > kMostExponent ||
      (!special && (!exponent || digits.first.empty()))) {
    return out.fail("it has not the attributes of a number");
  }
  out.put(*sign == 1 ? "Decimal('-" : "Decimal('");
  if (!special) {
    put_finite(out, digits, power);
  } else if (*letter == "F") {
    out.put("Infinity");
  } else {
    out.put(*letter == "N" ? "sNaN" : "NaN");
    out.put(digits.first);
    put_mark(out, digits);
  }
  out.put("')");
  return true;
}

// The type that C code made is larger than the slots of the Python class.
bool is_from_c(const Printer& out, const Instance& object) {
  return object.type.kind_type->basic_size >= sizeof(MpDecimal) + out.objects().layout().object.type.value() + 8;
}

bool write_decimal(Printer& out, const Instance& object) {
  if (!is_from_c(out, object)) {
    return write_python_decimal(out, object);
  }
  const auto number = members_of<MpDecimal>(out, object);
  if (!number) {
    return out.fail("it cannot be read");
  }
  const bool no_number = (number->flags & (kNotANumber | kSignaling)) != 0;
  const bool with_digits = (number->flags & kInfinite) == 0 && (!no_number || number->length > 0);
  const auto digits = with_digits ? digits_of(out, *number) : Digits{};
  if (!digits || number->exponent < -kMostExponent || number->exponent > kMostExponent) {
    return out.fail("it is no number");
  }
  out.put((number->flags & kNegative) != 0 ? "Decimal('-" : "Decimal('");
  if ((number->flags & kInfinite) != 0) {
    out.put("Infinity");
  } else if (no_number) {
    out.put((number->flags & kSignaling) != 0 ? "sNaN" : "NaN");
    out.put(digits->first);
    put_mark(out, *digits);
  } else {
    put_finite(out, *digits, number->exponent);
  }
  out.put("')");
  return true;
}

// mpd_context_t in mpdecimal.h, then traps, flags and capitals of PyDecContextObject.
struct ContextMembers {
  std::int64_t precision, most_exponent, least_exponent;
  std::uint32_t traps, status, new_trap;
  std::int32_t round, clamp, all_correct;
  Address trap_dict, flag_dict;
  std::int32_t capitals;
};

// By bit (MPD_Clamped, MPD_Conversion_syntax, …); the kinds of invalid operations are one signal, named once.
constexpr std::array<std::string_view, 15> kSignals{
    "Clamped",          "InvalidOperation", "DivisionByZero",   "InvalidOperation", "InvalidOperation",
    "InvalidOperation", "Inexact",          "InvalidOperation", "InvalidOperation", "InvalidOperation",
    "FloatOperation",   "Overflow",         "Rounded",          "Subnormal",        "Underflow"};
constexpr std::array<std::string_view, 9> kRoundings{"ROUND_UP",        "ROUND_DOWN",    "ROUND_CEILING",
                                                     "ROUND_FLOOR",     "ROUND_HALF_UP", "ROUND_HALF_DOWN",
                                                     "ROUND_HALF_EVEN", "ROUND_05UP",    "ROUND_TRUNC"};

std::string signals_of(std::uint32_t bits) {
  std::string out;
  bool invalid = false;
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    const bool is_invalid = kSignals[i] == "InvalidOperation";
    if ((bits >> i & 1U) == 0 || (is_invalid && invalid)) {
      continue;
    }
    invalid = invalid || is_invalid;
    out += out.empty() ? "" : ", ";
    out += kSignals[i];
  }
  return out;
}

bool write_context(Printer& out, const Instance& object) {
  if (object.type.kind_type->dict_offset != 0) {  // the Python class of 2.7
    out.head(object);
    put_attributes(out, object);
    out.put(">");
    return true;
  }
  const auto context = members_of<ContextMembers>(out, object);
  if (!context || context->round < 0 || std::cmp_greater_equal(context->round, kRoundings.size())) {
    return out.fail("it is no context");
  }
  out.put(fmt::format("Context(prec={}, rounding={}, Emin={}, Emax={}, capitals={}, clamp={}, flags=[{}], traps=[{}])",
                      context->precision, kRoundings[static_cast<std::size_t>(context->round)], context->least_exponent,
                      context->most_exponent, context->capitals, context->clamp, signals_of(context->status),
                      signals_of(context->traps)));
  return true;
}

constexpr Kind kDecimalKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "decimal.Decimal", .write = write_decimal},
    {.name = "decimal.Context", .write = write_context},
};

}  // namespace

std::span<const Kind> decimal_kinds() {
  return kDecimalKinds;
}

}  // namespace stillframe::cpython
