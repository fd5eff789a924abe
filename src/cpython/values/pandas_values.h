// The arrays that pandas keeps elements in: numpy's, and its own, which have one of numpy within.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "cpython/values/kinds.h"
#include "cpython/values/numpy_array.h"

namespace stillframe::cpython {

// The first member of an object made by Cython that is of a certain type. Where they stand, and whether a table of
// functions comes first, differs between versions.
std::optional<Address> member_where(Printer& out, Address object, const std::function<bool(const Type&)>& wanted);
// An attribute where the object is Python code, else such a member.
std::optional<Address> attribute_or_member(Printer& out, Address object, std::string_view name,
                                           const std::function<bool(const Type&)>& wanted);

bool is_ndarray(const Type& type);
// Of numpy, or one of pandas' own.
bool is_array(const Type& type);

struct PandasValues {
  std::optional<NumpyArray> array;  // the elements, or codes that stand for them
  std::optional<NumpyArray> mask;   // of those that may lack some: True where there is none
  std::optional<NumpyArray> categories;
  std::optional<std::uint64_t> length;
  std::string dtype;   // as pandas names it, or the name of the class
  Address zone = 0;    // of moments that have a time zone, which `dtype` then lacks
  bool known = false;  // what the elements mean

  [[nodiscard]] bool shown() const { return known && array && array->lengths.size() == 1; }
};

PandasValues values_of(Printer& out, Address array);
void put_dtype(Printer& out, const PandasValues& values);
// In brackets, as far as the limits go; false where one cannot be read. For those that are `shown()`.
bool put_values(Printer& out, const PandasValues& values);

// How many elements an Index has.
std::optional<std::uint64_t> index_length(Printer& out, Address index);

// Where element i of an array of one dimension lies.
inline Address element_at(const NumpyArray& array, std::uint64_t i) {
  return array.data + i * static_cast<Address>(array.strides[0]);
}

}  // namespace stillframe::cpython
