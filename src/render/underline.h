// The marks under a source line that show which part of it runs, as Python's own traceback draws them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/still.h"

namespace stillframe::render {

// How Python draws them has changed once (Lib/traceback.py, 3.12 and 3.13).
enum class CaretStyle : std::uint8_t {
  to_3_12,    // operators and subscripts stand out
  from_3_13,  // so do the brackets of calls; `x = f()` and `return f()` as a whole are not marked
};

// The style of a Python by its version, "3.12.1".
[[nodiscard]] CaretStyle caret_style(std::string_view version);

// The marks for `frame`, whose source line without its indentation of `indent` bytes is `text`; empty where the running
// part is the whole line or is not known. An expression that goes on behind the line is marked to the line's end. Marks
// stand under the columns of escaped(text).
[[nodiscard]] std::string underline(const model::Frame& frame, std::string_view text, std::size_t indent,
                                    CaretStyle style);

// A line of source as it is shown, escaped, and the marks under it.
struct MarkedLine {
  std::string text;
  std::string marks;  // empty: none
};

// An expression that spans several lines as Python 3.13 and later show it: its first and its last line, those around
// its operator or brackets, and how many lines are left out between. Empty where the expression stands on one line, or
// its lines or columns are not known.
[[nodiscard]] std::vector<MarkedLine> marked_lines(const model::Frame& frame);

}  // namespace stillframe::render
