// The tasks of a still (still.tasks, which must be there), for a person in a terminal and for programs.
#pragma once

#include <string>
#include <string_view>

#include "model/still.h"
#include "render/text.h"

namespace stillframe::render {

// Of the options `fold` shows tasks that stand at the same place once, `hide_plumbing` leaves out asyncio's own calls
// that only wait.
std::string tasks_to_text(const model::Still& still, const TextOptions& options);
// One line (docs/tasks.schema.json).
std::string tasks_to_json(const model::Still& still, std::string_view tool_version);

}  // namespace stillframe::render
