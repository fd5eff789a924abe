// A still as JSON: the model written down, one object a target (docs/still.schema.json).
#pragma once

#include <string>

#include "model/still.h"

namespace stillframe::render {

// One line, ending in a newline.
std::string to_json(const model::Still& still, std::string_view tool_version);

}  // namespace stillframe::render
