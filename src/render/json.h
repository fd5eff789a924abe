// A still as JSON: the model written down, one object a target (docs/still.schema.json).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "model/still.h"

namespace stillframe::render {

// Takes a piece of the output; false ends the writing.
using Sink = std::function<bool(std::string_view)>;

// One line, ending in a newline, in pieces of some 64 KiB: a deep recursion comes to many megabytes. False where the
// sink has ended it.
bool write_json(const model::Still& still, std::string_view tool_version, const Sink& sink);

// The same in one piece.
std::string to_json(const model::Still& still, std::string_view tool_version);

}  // namespace stillframe::render
