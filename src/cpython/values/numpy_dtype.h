// numpy's dtype objects: how elements of arrays are kept and what they are called.
#pragma once

#include <optional>
#include <string>

#include "cpython/values/machine_numbers.h"
#include "cpython/values/printer.h"

namespace stillframe::cpython {

// PyArray_Descr in numpy/ndarraytypes.h, of numpy 1 and of numpy 2, which moved what stands behind type_num.
struct NumpyType {
  char kind = 0;    // b i u f c S U V O M m
  char letter = 0;  // of the type: 'q', 'g', …
  bool swapped = false;
  bool second = false;     // of numpy 2
  std::int64_t size = 0;   // bytes of an element
  Address subarray = 0;    // not null: each element is an array
  Address fields = 0;      // of structured types: a dict, name -> (dtype, offset)
  Address names = 0;       // their names, a tuple
  std::int32_t unit = -1;  // of datetime64 and timedelta64
  std::int32_t multiple = 1;
  std::uint32_t level = 0;  // in how many structures it stands
};

std::optional<NumpyType> numpy_type(Printer& out, Address dtype, std::uint32_t level = 0);

// As str(dtype): "float64", ">i4", "datetime64[ns]", "[('a', '<i4')]".
std::string name_of(Printer& out, const NumpyType& type);
// As it stands in repr(dtype) and in lists of fields: "<f8", ">i4", "<M8[ns]".
std::string code_of(const NumpyType& type);

// One element at `at`, as str() of the scalar; texts by their repr(). False when it cannot be read.
bool put_element(Printer& out, const NumpyType& type, Address at);

// ISO 8601 as numpy writes it: as precise as the unit. "NaT".
std::string datetime64_text(std::int64_t value, std::int32_t unit, std::int32_t multiple);
// "ns", "25us"; empty for one without unit.
std::string unit_text(std::int32_t unit, std::int32_t multiple);

}  // namespace stillframe::cpython
