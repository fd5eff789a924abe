// From CPython's byte offsets to the columns that a reader sees.
#pragma once

#include <optional>
#include <string_view>

#include "model/still.h"

namespace stillframe::photograph {

// Fills in column and end_column (1-based, display columns; a tab counts as one) of a frame that has byte columns and a
// source line. `end_source` is the line that the expression ends on.
void place_columns(model::Frame& frame, std::optional<std::string_view> end_source);

}  // namespace stillframe::photograph
