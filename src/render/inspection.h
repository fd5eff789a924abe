// Inspected objects: as a tree that a person reads in a terminal, and as JSON.
#pragma once

#include <string>
#include <string_view>

#include "model/inspection.h"
#include "render/text.h"

namespace stillframe::render {

// The objects that were found; why others were not is in their answers.
std::string to_text(const model::Inspection& inspection, const TextOptions& options);

// One line, ending in a newline (docs/inspection.schema.json).
std::string to_json(const model::Inspection& inspection, std::string_view tool_version);

}  // namespace stillframe::render
