// The lists of kinds, one a file of values/kinds/. Add yours here.
#pragma once

#include <span>
#include <vector>

#include "cpython/values/kinds.h"

namespace stillframe::cpython {

std::span<const Kind> constant_kinds();  // None, Ellipsis, NotImplemented
std::span<const Kind> number_kinds();    // bool, int, float, complex
std::span<const Kind> sequence_kinds();  // list, tuple

inline std::vector<std::span<const Kind>> kind_lists() {
  return {constant_kinds(), number_kinds(), sequence_kinds()};
}

}  // namespace stillframe::cpython
