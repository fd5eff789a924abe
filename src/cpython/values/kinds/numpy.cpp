// numpy: arrays, scalars and dtypes, of numpy 1 and 2. Nothing of an array is read but what is shown.
#include <fmt/format.h>

#include <array>
#include <limits>

#include "cpython/values/c_members.h"
#include "cpython/values/fields.h"
#include "cpython/values/kind_lists.h"
#include "cpython/values/numpy_array.h"

namespace stillframe::cpython {
namespace {

bool write_numpy_array(Printer& out, const Instance& object) {
  const auto array = numpy_array(out, object.address);
  if (!array) {
    return out.fail("it is no sound array");
  }
  out.put(object.type.name == "numpy.ndarray" ? "array" : class_name(object.type));
  out.put("(");
  if (!put_elements(out, *array)) {
    return out.fail("its elements cannot be read");
  }
  out.put(fmt::format(") shape={} dtype={}", shape_text(*array), name_of(out, array->type)));
  return true;
}

bool write_dtype(Printer& out, const Instance& object) {
  const auto type = numpy_type(out, object.address);
  if (!type) {
    return out.fail("it is no sound dtype");
  }
  if (type->subarray != 0) {
    out.head(object);
    out.put(" of arrays>");
    return true;
  }
  if (type->names != 0) {
    out.put(fmt::format("dtype({})", name_of(out, *type)));
    return true;
  }
  const bool named = !type->swapped && std::string_view("biufc").contains(type->kind);
  out.put(fmt::format("dtype('{}')", named ? name_of(out, *type) : code_of(*type)));
  return true;
}

// numpy 2 says what a scalar is in its repr(), and lost some methods of numpy 1.
bool is_of_numpy_2(Printer& out, const Instance& object) {
  return !out.types().class_attribute(object.type, "itemset");
}

void put_scalar(Printer& out, const Instance& object, std::string_view text) {
  std::string_view name = class_name(object.type);
  if (name.ends_with("longlong")) {  // another type than int64, by the same name
    name = name.starts_with('u') ? "uint64" : "int64";
  }
  out.put(is_of_numpy_2(out, object) ? fmt::format("np.{}({})", name, text) : std::string(text));
}

template <NumberFormat::Kind kKind, std::uint32_t kSize>
bool write_number(Printer& out, const Instance& object) {
  std::array<std::byte, kSize> raw{};
  const auto text = out.objects().memory().read(members_at(out, object), raw)
                        ? number_text(raw, {.kind = kKind, .size = kSize, .brief = is_of_numpy_2(out, object)})
                        : std::nullopt;
  if (!text) {
    return out.fail("it cannot be read");
  }
  if (kSize == 1 && kKind == NumberFormat::Kind::boolean) {
    out.put(is_of_numpy_2(out, object) ? fmt::format("np.{}_", *text) : *text);
  } else if (kKind == NumberFormat::Kind::complex && text->starts_with('(')) {
    put_scalar(out, object, is_of_numpy_2(out, object) ? text->substr(1, text->size() - 2) : *text);
  } else if (kKind == NumberFormat::Kind::real && kSize == 16) {
    put_scalar(out, object, is_of_numpy_2(out, object) ? "'" + *text + "'" : *text);
  } else {
    put_scalar(out, object, *text);
  }
  return true;
}

// numpy.str_ and numpy.bytes_ are str and bytes.
template <const char* kBase>
bool write_text(Printer& out, const Instance& object) {
  const bool named = is_of_numpy_2(out, object);
  out.put(named ? fmt::format("np.{}(", class_name(object.type)) : "");
  const Kind* base = kind_named(kBase);
  if (base == nullptr || !base->write(out, object)) {
    return false;
  }
  out.put(named ? ")" : "");
  return true;
}

constexpr char kStr[] = "str";      // NOLINT(modernize-avoid-c-arrays): a template's argument
constexpr char kBytes[] = "bytes";  // NOLINT(modernize-avoid-c-arrays)

// PyDatetimeScalarObject: the value, then its unit.
struct TimeMembers {
  std::int64_t value;
  std::int32_t unit, multiple;
};

template <bool kPoint>
bool write_time(Printer& out, const Instance& object) {
  const auto time = members_of<TimeMembers>(out, object);
  if (!time) {
    return out.fail("it cannot be read");
  }
  out.put(fmt::format("{}.{}(", is_of_numpy_2(out, object) ? "np" : "numpy", class_name(object.type)));
  const std::string unit = unit_text(time->unit, time->multiple);
  if (time->value == std::numeric_limits<std::int64_t>::min()) {
    out.put("'NaT'");
  } else if (kPoint) {
    out.put("'" + datetime64_text(time->value, time->unit, time->multiple) + "'");
  } else {
    out.put(fmt::format("{}", time->value));
  }
  // Of a point in time the digits tell the unit, apart from hours (datetimetype_repr in scalartypes.c.src).
  constexpr std::int32_t kHour = 5;
  const bool none = time->value == std::numeric_limits<std::int64_t>::min();
  const bool told = kPoint && time->multiple == 1 && time->unit != kHour;
  if (none && kPoint && is_of_numpy_2(out, object)) {  // 2.5 names the unit of no time at all
    out.put(fmt::format(",'{}')", unit.empty() ? "generic" : unit));
    return true;
  }
  out.put(told || unit.empty() ? ")" : fmt::format(",'{}')", unit));
  return true;
}

using Number = NumberFormat::Kind;

constexpr Kind kNumpyKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "numpy.ndarray", .write = write_numpy_array},
    {.name = "numpy.dtype", .write = write_dtype},
    {.name = "numpy.bool", .write = write_number<Number::boolean, 1>},
    {.name = "numpy.bool_", .write = write_number<Number::boolean, 1>},
    {.name = "numpy.int8", .write = write_number<Number::signed_integer, 1>},
    {.name = "numpy.int16", .write = write_number<Number::signed_integer, 2>},
    {.name = "numpy.int32", .write = write_number<Number::signed_integer, 4>},
    {.name = "numpy.int64", .write = write_number<Number::signed_integer, 8>},
    {.name = "numpy.longlong", .write = write_number<Number::signed_integer, 8>},
    {.name = "numpy.uint8", .write = write_number<Number::unsigned_integer, 1>},
    {.name = "numpy.uint16", .write = write_number<Number::unsigned_integer, 2>},
    {.name = "numpy.uint32", .write = write_number<Number::unsigned_integer, 4>},
    {.name = "numpy.uint64", .write = write_number<Number::unsigned_integer, 8>},
    {.name = "numpy.ulonglong", .write = write_number<Number::unsigned_integer, 8>},
    {.name = "numpy.float16", .write = write_number<Number::real, 2>},
    {.name = "numpy.float32", .write = write_number<Number::real, 4>},
    {.name = "numpy.float64", .write = write_number<Number::real, 8>},
    {.name = "numpy.longdouble", .write = write_number<Number::real, 16>},
    {.name = "numpy.float128", .write = write_number<Number::real, 16>},
    {.name = "numpy.complex64", .write = write_number<Number::complex, 8>},
    {.name = "numpy.complex128", .write = write_number<Number::complex, 16>},
    {.name = "numpy.str_", .write = write_text<kStr>},
    {.name = "numpy.bytes_", .write = write_text<kBytes>},
    {.name = "numpy.datetime64", .write = write_time<true>},
    {.name = "numpy.timedelta64", .write = write_time<false>},
};

}  // namespace

std::span<const Kind> numpy_kinds() {
  return kNumpyKinds;
}

}  // namespace stillframe::cpython
