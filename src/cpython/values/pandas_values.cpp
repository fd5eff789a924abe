#include "cpython/values/pandas_values.h"

#include <fmt/format.h>

#include <algorithm>

#include "cpython/values/c_members.h"
#include "cpython/values/fields.h"
#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kMostMembers = 32;  // of an object made by Cython

bool derives_from(const Type& type, std::string_view name) {
  return class_name(type) == name ||
         std::ranges::any_of(type.mro, [&](const Type* base) { return class_name(*base) == name; });
}

// "int64" as the types that may lack values are called: "Int64", "UInt64".
std::string capital(std::string name) {
  const std::size_t letters = name.starts_with('u') ? 2 : 1;
  for (std::size_t i = 0; i < std::min(letters, name.size()); ++i) {
    name[i] = static_cast<char>(name[i] & ~0x20);
  }
  return name;
}

// The dtype of moments with a time zone, DatetimeTZDtype: Python code with _unit and _tz.
void name_moments(Printer& out, Address object, PandasValues& values) {
  const auto is_zoned = [](const Type& one) { return class_name(one) == "DatetimeTZDtype"; };
  const auto dtype = member_where(out, object, is_zoned);
  const Type* type = dtype ? out.types().of(*dtype) : nullptr;
  if (type == nullptr) {
    return;
  }
  const Fields fields(out, {.address = *dtype, .type = *type});
  values.zone = fields.at("_tz").value_or(0);
  values.dtype = fmt::format("datetime64[{}", fields.text("_unit").value_or("?"));
}

// StringDtype: where what is missing is a float, the type that pandas 3 has by default.
std::string name_texts(Printer& out, Address object) {
  const auto dtype =
      attribute_or_member(out, object, "_dtype", [](const Type& one) { return class_name(one) == "StringDtype"; });
  const Type* type = dtype ? out.types().of(*dtype) : nullptr;
  if (type == nullptr) {
    return "string";
  }
  const auto missing = Fields(out, {.address = *dtype, .type = *type}).at("_na_value");
  const Type* missing_type = missing ? out.types().of(*missing) : nullptr;
  return missing_type != nullptr && missing_type->name == "float" ? "str" : "string";
}

// CategoricalDtype keeps the categories as an Index.
std::optional<NumpyArray> categories_of(Printer& out, Address object) {
  const auto dtype =
      attribute_or_member(out, object, "_dtype", [](const Type& one) { return class_name(one) == "CategoricalDtype"; });
  const Type* type = dtype ? out.types().of(*dtype) : nullptr;
  const auto index = type == nullptr ? std::nullopt : Fields(out, {.address = *dtype, .type = *type}).at("_categories");
  const Type* index_type = index ? out.types().of(*index) : nullptr;
  const auto data =
      index_type == nullptr ? std::nullopt : Fields(out, {.address = *index, .type = *index_type}).at("_data");
  const Type* data_type = data ? out.types().of(*data) : nullptr;
  if (data_type == nullptr) {
    return std::nullopt;
  }
  const bool texts = derives_from(*data_type, "StringArray");
  const auto array = is_ndarray(*data_type) ? data : texts ? member_where(out, *data, is_ndarray) : std::nullopt;
  auto found = array ? numpy_array(out, *array) : std::nullopt;
  return found && found->lengths.size() == 1 ? found : std::nullopt;
}

void describe_extension(Printer& out, Address object, const Type& type, const Fields& fields, PandasValues& values) {
  values.dtype = class_name(type);
  const std::string kept = values.array ? name_of(out, values.array->type) : "";
  if (const auto mask = fields.at("_mask")) {
    values.mask = numpy_array(out, *mask);
    values.known = values.mask && values.array && values.mask->lengths == values.array->lengths;
    values.dtype = kept == "bool" ? "boolean" : capital(kept);
  } else if (derives_from(type, "DatetimeArray")) {
    values.known = true;
    values.dtype = kept;
    name_moments(out, object, values);
  } else if (derives_from(type, "TimedeltaArray")) {
    values.known = true;
    values.dtype = kept;
  } else if (derives_from(type, "BaseStringArray") || derives_from(type, "StringArray") ||
             derives_from(type, "ArrowStringArray")) {
    values.known = true;
    values.dtype = name_texts(out, object);
  } else if (derives_from(type, "Categorical")) {
    values.categories = categories_of(out, object);
    values.known = values.categories.has_value();
    values.dtype = "category";
  } else if (derives_from(type, "PandasArray") || derives_from(type, "NumpyExtensionArray")) {
    values.known = true;
    values.dtype = kept;
  }
}

// A code is an int of one to eight bytes, -1 where there is no value.
std::optional<std::int64_t> code_at(Printer& out, const NumpyArray& codes, std::uint64_t i) {
  const Address at = element_at(codes, i);
  const auto as = [](const auto& number) { return number ? std::optional(std::int64_t{*number}) : std::nullopt; };
  switch (codes.type.size) {
    case 1:
      return as(read_at<std::int8_t>(out, at));
    case 2:
      return as(read_at<std::int16_t>(out, at));
    case 4:
      return as(read_at<std::int32_t>(out, at));
    case 8:
      return as(read_at<std::int64_t>(out, at));
    default:
      return std::nullopt;
  }
}

bool put_one(Printer& out, const PandasValues& values, std::uint64_t i) {
  if (values.mask) {
    const auto missing = read_at<std::uint8_t>(out, element_at(*values.mask, i));
    if (!missing || *missing != 0) {
      out.put("<NA>");
      return missing.has_value();
    }
  }
  if (!values.categories) {
    return put_element(out, values.array->type, element_at(*values.array, i));
  }
  const auto code = code_at(out, *values.array, i);
  if (!code || *code >= values.categories->lengths[0]) {
    return false;
  }
  if (*code < 0) {
    out.put("nan");
    return true;
  }
  return put_element(out, values.categories->type, element_at(*values.categories, static_cast<std::uint64_t>(*code)));
}

}  // namespace

std::optional<Address> member_where(Printer& out, Address object, const std::function<bool(const Type&)>& wanted) {
  const Type* type = out.types().of(object);
  if (type == nullptr) {
    return std::nullopt;
  }
  const Address first = members_at(out, {.address = object, .type = *type});
  for (std::uint64_t i = 0; i < kMostMembers && first + (i + 1) * sizeof(Address) <= object + type->basic_size; ++i) {
    const auto value = read_at<Address>(out, first + i * sizeof(Address));
    const Type* found = value && *value != 0 ? out.types().of(*value) : nullptr;
    if (found != nullptr && wanted(*found)) {
      return value;
    }
  }
  return std::nullopt;
}

std::optional<Address> attribute_or_member(Printer& out, Address object, std::string_view name,
                                           const std::function<bool(const Type&)>& wanted) {
  const Type* type = out.types().of(object);
  const auto found = type == nullptr ? std::nullopt : Fields(out, {.address = object, .type = *type}).at(name);
  if (!found) {
    return member_where(out, object, wanted);
  }
  const Type* found_type = out.types().of(*found);
  return found_type != nullptr && wanted(*found_type) ? found : std::nullopt;
}

bool is_ndarray(const Type& type) {
  return type.derives_from("numpy.ndarray");
}

bool is_array(const Type& type) {
  return is_ndarray(type) || derives_from(type, "ExtensionArray");
}

PandasValues values_of(Printer& out, Address array) {
  PandasValues values;
  const Type* type = out.types().of(array);
  if (type == nullptr) {
    values.dtype = "?";
    return values;
  }
  if (is_ndarray(*type)) {
    values.array = numpy_array(out, array);
    values.dtype = values.array ? name_of(out, values.array->type) : "?";
    values.known = true;
  } else {
    const Fields fields(out, {.address = array, .type = *type});
    // An IntervalArray has two of them.
    auto inner = fields.at("_data", "_left");
    inner = inner ? inner : attribute_or_member(out, array, "_ndarray", is_ndarray);
    const Type* inner_type = inner ? out.types().of(*inner) : nullptr;
    values.array = inner_type != nullptr && is_ndarray(*inner_type) ? numpy_array(out, *inner) : std::nullopt;
    describe_extension(out, array, *type, fields, values);
  }
  // Blocks of a frame have a row for each column.
  if (values.array && !values.array->lengths.empty()) {
    values.length = static_cast<std::uint64_t>(values.array->lengths.back());
  }
  return values;
}

void put_dtype(Printer& out, const PandasValues& values) {
  out.put(values.dtype);
  if (values.zone == 0) {
    return;
  }
  out.put(", ");
  // Zones of pytz have a name.
  const Type* type = out.types().of(values.zone);
  const auto name = type == nullptr ? std::nullopt : out.types().class_attribute(*type, "zone");
  name&& out.types().of(*name) != nullptr&& out.types().of(*name)->has(kTextSubclass) ? put_bare(out, name)
                                                                                      : out.item(values.zone, "tz");
  out.put("]");
}

bool put_values(Printer& out, const PandasValues& values) {
  out.put("[");
  const bool whole = out.each(static_cast<std::uint64_t>(values.array->lengths[0]),
                              [&](std::uint64_t i) { return put_one(out, values, i); });
  out.put("]");
  return whole;
}

std::optional<std::uint64_t> index_length(Printer& out, Address index) {
  const Objects& objects = out.objects();
  const Type* type = out.types().of(index);
  if (type == nullptr) {
    return std::nullopt;
  }
  const Fields fields(out, {.address = index, .type = *type});
  if (const auto range = fields.at("_range")) {
    // rangeobject in Objects/rangeobject.c: start, stop, step, length.
    const auto length = part(objects, *range, 3);
    return length ? objects.integer(*length) : std::nullopt;
  }
  if (const auto codes = fields.at("_codes")) {
    // A list of arrays, one for each level.
    const auto items = objects.pointer(*codes, objects.layout().list.items);
    const auto first = items ? read_at<Address>(out, *items) : std::nullopt;
    return first ? values_of(out, *first).length : std::nullopt;
  }
  const auto data = fields.at("_data");
  return data ? values_of(out, *data).length : std::nullopt;
}

}  // namespace stillframe::cpython
