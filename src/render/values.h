// Arguments and locals of a frame as lines of text.
#pragma once

#include <string>
#include <vector>

#include "model/still.h"

namespace stillframe::render {

// One line for each variable, escaped and without indentation: "arguments: x = 3", "           y = 4". Empty where they
// were not asked for, or where there are none.
std::vector<std::string> value_lines(const model::Frame& frame);

}  // namespace stillframe::render
