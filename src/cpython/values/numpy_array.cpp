#include "cpython/values/numpy_array.h"

#include <fmt/format.h>

#include "cpython/values/c_members.h"

namespace stillframe::cpython {
namespace {

constexpr std::int32_t kMostDimensions = 64;  // NPY_MAXDIMS; 32 in numpy 1

// PyArrayObject_fields in numpy/ndarraytypes.h.
struct ArrayMembers {
  Address data;
  std::int32_t dimensions, padding;
  Address shape, strides, base, dtype;
};

bool put_dimension(Printer& out, const NumpyArray& array, std::size_t dimension, Address at) {
  if (dimension == array.lengths.size()) {
    return put_element(out, array.type, at);
  }
  const auto length = static_cast<std::uint64_t>(array.lengths[dimension]);
  out.put("[");
  const bool whole = out.each(length, [&](std::uint64_t i) {
    return put_dimension(out, array, dimension + 1, at + i * static_cast<Address>(array.strides[dimension]));
  });
  out.put("]");
  return whole;
}

}  // namespace

std::optional<NumpyArray> numpy_array(Printer& out, Address object) {
  const Type* of = out.types().of(object);
  const auto members = of == nullptr ? std::nullopt : members_of<ArrayMembers>(out, {.address = object, .type = *of});
  if (!members || members->dimensions < 0 || members->dimensions > kMostDimensions) {
    return std::nullopt;
  }
  auto type = numpy_type(out, members->dtype);
  if (!type) {
    return std::nullopt;
  }
  NumpyArray array{.data = members->data, .type = *type};
  for (std::int32_t i = 0; i < members->dimensions; ++i) {
    const auto at = static_cast<Address>(i) * 8;
    const auto length = read_at<std::int64_t>(out, members->shape + at);
    const auto stride = read_at<std::int64_t>(out, members->strides + at);
    if (!length || !stride || *length < 0) {
      return std::nullopt;
    }
    array.lengths.push_back(*length);
    array.strides.push_back(*stride);
  }
  return array;
}

bool put_elements(Printer& out, const NumpyArray& array) {
  return put_dimension(out, array, 0, array.data);
}

std::string shape_text(const NumpyArray& array) {
  std::string text = "(";
  for (const std::int64_t length : array.lengths) {
    text += fmt::format("{}{}", text.size() > 1 ? ", " : "", length);
  }
  return text + (array.lengths.size() == 1 ? ",)" : ")");
}

}  // namespace stillframe::cpython
