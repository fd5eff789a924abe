// The marks under a source line that show which part of it runs, as Python's own traceback draws them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

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

}  // namespace stillframe::render
