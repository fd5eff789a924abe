#include "cpython/values/numpy_dtype.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>
#include <vector>

#include "cpython/values/c_members.h"
#include "cpython/values/quoted.h"
#include "cpython/values/text_repr.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint32_t kSizeInNumpy1 = 80;  // of PyArray_Descr behind its head
constexpr std::int64_t kLargestElement = std::int64_t{1} << 40U;
constexpr std::uint64_t kMostFields = 1000;
constexpr std::uint32_t kMostLevels = 8;    // of structures in structures
constexpr std::size_t kLongestName = 4096;  // of a structured type
constexpr std::int64_t kNotATime = std::numeric_limits<std::int64_t>::min();

struct Start {
  Address scalar_type;
  char kind, letter, byte_order, flags;
  std::int32_t number;
};
struct RestOfNumpy1 {
  std::int32_t size, alignment;
  Address subarray, fields, names, functions, metadata, c_metadata;
};
struct RestOfNumpy2 {
  std::uint64_t flags;
  std::int64_t size, alignment;
  Address metadata;
  std::int64_t hash;
  std::array<Address, 2> reserved;
  Address subarray, fields, names, c_metadata;
};
// NPY_DATETIMEUNIT, as str() names them; 3 (business days) is gone.
constexpr std::array<std::string_view, 15> kUnits{"Y",  "M",  "W",  "",   "D",  "h",  "m",      "s",
                                                  "ms", "us", "ns", "ps", "fs", "as", "generic"};
constexpr std::int32_t kYear = 0;
constexpr std::int32_t kMonth = 1;
constexpr std::int32_t kWeek = 2;
constexpr std::int32_t kDay = 4;
constexpr std::int32_t kHour = 5;
constexpr std::int32_t kMinute = 6;
constexpr std::int32_t kSecond = 7;
constexpr std::int32_t kGeneric = 14;

// PyArray_DatetimeDTypeMetaData: NpyAuxData (two functions, two reserved words), then the unit.
void read_unit(Printer& out, Address metadata, NumpyType& type) {
  struct Unit {
    std::int32_t unit, multiple;
  };
  const auto unit = metadata == 0 ? std::nullopt : read_at<Unit>(out, metadata + 32);
  if (unit && unit->unit >= 0 && std::cmp_less(unit->unit, kUnits.size())) {
    type.unit = unit->unit;
    type.multiple = unit->multiple;
  }
}

std::optional<NumberFormat> format_of(const NumpyType& type) {
  using Kind = NumberFormat::Kind;
  const auto with = [&](Kind kind) {
    return NumberFormat{
        .kind = kind, .size = static_cast<std::uint32_t>(type.size), .swapped = type.swapped, .brief = type.second};
  };
  switch (type.kind) {
    case 'b':
      return with(Kind::boolean);
    case 'i':
      return with(Kind::signed_integer);
    case 'u':
      return with(Kind::unsigned_integer);
    case 'f':
      return with(Kind::real);
    case 'c':
      return with(Kind::complex);
    default:
      return std::nullopt;
  }
}

// Calls `visit(name, type, offset)` for each field of a structured type; false where one cannot be read.
template <typename Visit>
bool for_each_field(Printer& out, const NumpyType& type, const Visit& visit) {
  const Objects& objects = out.objects();
  const auto count = objects.field<std::uint64_t>(type.names, objects.layout().var_object.size_field);
  if (!count || *count > kMostFields) {
    return false;
  }
  for (std::uint64_t i = 0; i < *count; ++i) {
    const auto name_at = read_at<Address>(out, type.names + objects.layout().tuple.items.value() + i * 8);
    const auto name = name_at ? objects.text(*name_at, 256) : std::nullopt;
    const auto entry = name ? objects.lookup(type.fields, *name) : std::nullopt;
    const auto parts =
        entry ? read_at<std::array<Address, 2>>(out, *entry + objects.layout().tuple.items.value()) : std::nullopt;
    const auto offset = parts ? objects.integer((*parts)[1]) : std::nullopt;
    const auto inner = offset ? numpy_type(out, (*parts)[0], type.level + 1) : std::nullopt;
    if (!inner || *offset > static_cast<std::uint64_t>(type.size) || !visit(*name, *inner, *offset)) {
      return false;
    }
  }
  return true;
}

bool put_text_element(Printer& out, const NumpyType& type, Address at) {
  const bool wide = type.kind == 'U';
  const auto most = std::min<std::uint64_t>(out.limits().max_string, 1U << 20U) * (wide ? 4 : 1);
  std::string raw(std::min(static_cast<std::uint64_t>(type.size), most), '\0');
  if (!out.objects().memory().read(at, std::as_writable_bytes(std::span(raw)))) {
    return false;
  }
  std::string text;
  if (wide) {
    std::u32string points;
    for (std::size_t i = 0; i + 4 <= raw.size(); i += 4) {
      std::uint32_t point = 0;
      std::memcpy(&point, raw.data() + i, 4);
      points.push_back(static_cast<char32_t>(type.swapped ? std::byteswap(point) : point));
    }
    points.resize(points.find_last_not_of(U'\0') + 1);
    append_text_repr(text, out.without_secrets(std::move(points), false));
  } else {
    raw.resize(raw.find_last_not_of('\0') + 1);
    text = "b";
    append_bytes_repr(text, out.without_secrets(raw, false));
  }
  out.put(text);
  if (raw.size() < static_cast<std::uint64_t>(type.size) && most < static_cast<std::uint64_t>(type.size)) {
    out.cut();
  }
  return true;
}

bool put_structure(Printer& out, const NumpyType& type, Address at) {
  out.put("(");
  const std::size_t start = out.position();
  std::uint64_t count = 0;
  bool full = false;
  const bool done =
      for_each_field(out, type, [&](const std::string& name, const NumpyType& field, std::uint64_t offset) {
        out.separate(start);
        ++count;
        if (out.hides(name)) {
          out.put(kRedacted);
          return true;
        }
        full = !out.room();
        return !full && put_element(out, field, at + offset);
      });
  out.put(count == 1 ? ",)" : ")");
  return done || full;
}

std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

// The date that many days after 1970-01-01 in the proleptic Gregorian calendar.
std::string date_text(std::int64_t days) {
  // Counted from 0000-03-01, in eras of 400 years.
  const std::int64_t shifted = days + 719'468;
  const std::int64_t era = floor_divide(shifted, 146'097);
  const std::int64_t day_of_era = shifted - era * 146'097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const std::int64_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  return fmt::format("{:04}-{:02}-{:02}", year, month, day);
}

std::string clock_text(std::int64_t second_of_day, std::int32_t unit) {
  std::string text = fmt::format("T{:02}", second_of_day / 3600);
  if (unit >= kMinute) {
    text += fmt::format(":{:02}", second_of_day / 60 % 60);
  }
  if (unit >= kSecond) {
    text += fmt::format(":{:02}", second_of_day % 60);
  }
  return text;
}

}  // namespace

std::optional<NumpyType> numpy_type(Printer& out, Address dtype, std::uint32_t level) {
  const Type* of = out.types().of(dtype);
  if (of == nullptr || level > kMostLevels) {
    return std::nullopt;
  }
  const Address members = members_at(out, {.address = dtype, .type = *of});
  const auto start = read_at<Start>(out, members);
  if (!start) {
    return std::nullopt;
  }
  NumpyType type{.kind = start->kind, .letter = start->letter, .swapped = start->byte_order == '>', .level = level};
  Address metadata = 0;
  const auto take = [&](const auto& rest) {
    type.size = rest->size;
    type.subarray = rest->subarray;
    type.fields = rest->fields;
    type.names = rest->names;
    metadata = rest->c_metadata;
  };
  if (of->basic_size - (members - dtype) == kSizeInNumpy1) {
    const auto rest = read_at<RestOfNumpy1>(out, members + sizeof(Start));
    if (!rest) {
      return std::nullopt;
    }
    take(rest);
  } else {
    const auto rest = read_at<RestOfNumpy2>(out, members + sizeof(Start));
    if (!rest) {
      return std::nullopt;
    }
    take(rest);
    type.second = true;
  }
  if (type.kind == 'M' || type.kind == 'm') {
    read_unit(out, metadata, type);
  }
  // Types without a name of their own, such as those of structures, keep None or null.
  const Type* names = type.names == 0 ? nullptr : out.types().of(type.names);
  if (names == nullptr || !names->has(kTupleSubclass)) {
    type.names = 0;
  }
  const bool known = std::string_view("biufcSUVOMmT").contains(type.kind) && type.kind != 0;
  return known && type.size >= 0 && type.size <= kLargestElement ? std::optional(type) : std::nullopt;
}

std::string unit_text(std::int32_t unit, std::int32_t multiple) {
  if (unit < 0 || unit >= kGeneric) {
    return {};
  }
  const std::string_view name = kUnits[static_cast<std::size_t>(unit)];
  return multiple == 1 ? std::string(name) : fmt::format("{}{}", multiple, name);
}

std::string code_of(const NumpyType& type) {
  const std::string_view order = type.swapped ? ">" : "<";
  switch (type.kind) {
    case 'O':
      return "O";
    case 'b':
      return "?";
    case 'S':
    case 'V':
      return fmt::format("{}{}", type.kind, type.size);
    case 'U':
      return fmt::format("{}U{}", order, type.size / 4);
    case 'M':
    case 'm': {
      const std::string unit = unit_text(type.unit, type.multiple);
      return unit.empty() ? fmt::format("{}{}8", order, type.kind) : fmt::format("{}{}8[{}]", order, type.kind, unit);
    }
    default:
      return type.size == 1 ? fmt::format("{}1", type.kind) : fmt::format("{}{}{}", order, type.kind, type.size);
  }
}

std::string name_of(Printer& out, const NumpyType& type) {
  if (type.names != 0) {
    std::string text = "[";
    const bool whole = for_each_field(out, type, [&](const std::string& name, const NumpyType& field, std::uint64_t) {
      text += text.size() > 1 ? ", (" : "(";
      append_bytes_repr(text, name);
      text += fmt::format(", {})", field.names != 0 ? name_of(out, field) : fmt::format("'{}'", code_of(field)));
      return text.size() < kLongestName;
    });
    return text + (whole ? "]" : ", …]");
  }
  if (type.swapped && type.size > 1) {
    return code_of(type);
  }
  switch (type.kind) {
    case 'b':
      return "bool";
    case 'i':
      return fmt::format("int{}", type.size * 8);
    case 'u':
      return fmt::format("uint{}", type.size * 8);
    case 'f':
      return fmt::format("float{}", type.size * 8);
    case 'c':
      return fmt::format("complex{}", type.size * 8);
    case 'O':
      return "object";
    case 'S':
    case 'V':
      return "|" + code_of(type);
    case 'M':
    case 'm': {
      const std::string unit = unit_text(type.unit, type.multiple);
      const std::string_view name = type.kind == 'M' ? "datetime64" : "timedelta64";
      return unit.empty() ? std::string(name) : fmt::format("{}[{}]", name, unit);
    }
    default:
      return type.kind == 'T' ? "StringDType()" : code_of(type);
  }
}

std::string datetime64_text(std::int64_t value, std::int32_t unit, std::int32_t multiple) {
  if (value == kNotATime) {
    return "NaT";
  }
  std::int64_t ticks = 0;
  // Years beyond the age of the universe are shown as the number that is kept.
  constexpr std::int64_t kMostDays = std::int64_t{1} << 50U;
  if (multiple <= 0 || __builtin_mul_overflow(value, static_cast<std::int64_t>(multiple), &ticks) ||
      (unit <= kHour && (ticks > kMostDays || ticks < -kMostDays)) || unit < 0 || unit >= kGeneric) {
    return fmt::format("{}", value);
  }
  if (unit == kYear) {
    return fmt::format("{}", 1970 + ticks);
  }
  if (unit == kMonth) {
    const std::int64_t year = 1970 + floor_divide(ticks, 12);
    return fmt::format("{:04}-{:02}", year, ticks - floor_divide(ticks, 12) * 12 + 1);
  }
  if (unit == kWeek || unit == kDay) {
    return date_text(unit == kWeek ? ticks * 7 : ticks);
  }
  std::int64_t fraction_size = 1;
  int digits = 0;
  for (std::int32_t i = kSecond; i < unit; ++i) {
    fraction_size *= 1000;
    digits += 3;
  }
  const std::int64_t seconds = floor_divide(ticks, fraction_size);
  const std::int64_t fraction = ticks - seconds * fraction_size;
  const std::int64_t per_day = unit == kHour ? 24 : unit == kMinute ? 1440 : 86'400;
  const std::int64_t days = floor_divide(seconds, per_day);
  const std::int64_t second_of_day = (seconds - days * per_day) * (86'400 / per_day);
  const std::string text = date_text(days) + clock_text(second_of_day, unit);
  return digits == 0 ? text : text + fmt::format(".{:0{}}", fraction, digits);
}

bool put_element(Printer& out, const NumpyType& type, Address at) {
  if (type.subarray != 0 || type.kind == 'T') {
    out.cut();
    return true;
  }
  if (type.names != 0) {
    return put_structure(out, type, at);
  }
  if (const auto format = format_of(type)) {
    std::array<std::byte, 32> raw{};
    const auto size = std::min<std::size_t>(raw.size(), static_cast<std::size_t>(type.size));
    if (!out.objects().memory().read(at, std::span(raw).first(size))) {
      return false;
    }
    const auto text = number_text(std::span(raw).first(size), *format);
    out.put(text.value_or("?"));
    return text.has_value();
  }
  if (type.kind == 'S' || type.kind == 'U') {
    return put_text_element(out, type, at);
  }
  if (type.kind == 'V') {
    return put_bytes_at(out, at, static_cast<std::uint64_t>(type.size));
  }
  auto word = read_at<std::uint64_t>(out, at);
  if (!word) {
    return false;
  }
  if (type.kind == 'O') {
    *word == 0 ? out.put("None") : out.item(*word);
    return true;
  }
  const auto ticks = static_cast<std::int64_t>(type.swapped ? std::byteswap(*word) : *word);
  if (type.kind == 'M') {
    out.put("'" + datetime64_text(ticks, type.unit, type.multiple) + "'");
  } else {
    out.put(ticks == kNotATime ? "'NaT'" : fmt::format("{}", ticks));
  }
  return true;
}

}  // namespace stillframe::cpython
