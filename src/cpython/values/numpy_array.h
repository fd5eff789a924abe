// numpy's ndarray objects: where elements lie, and as much of them as is shown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cpython/values/numpy_dtype.h"

namespace stillframe::cpython {

struct NumpyArray {
  Address data = 0;
  NumpyType type;
  std::vector<std::int64_t> lengths;  // of each dimension; none is negative
  std::vector<std::int64_t> strides;  // likewise, in bytes
};

// Nothing where there is no sound array.
std::optional<NumpyArray> numpy_array(Printer& out, Address object);

// Its elements as lists within lists, as far as the limits go. False where one that is shown cannot be read.
bool put_elements(Printer& out, const NumpyArray& array);

// The length of each dimension, as a tuple is written.
std::string shape_text(const NumpyArray& array);

}  // namespace stillframe::cpython
