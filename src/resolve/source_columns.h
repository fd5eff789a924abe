// Source lines and display columns of the frames of a still.
#pragma once

#include <optional>
#include <string_view>

#include "model/still.h"
#include "resolve/sources.h"
#include "target/target.h"

namespace stillframe::resolve {

// Fills `column` and `end_column` of a Python frame from its byte columns. `first_line` is the text of frame.line,
// `last_line` that of frame.end_line. A column stays absent where its line is not at hand, where its offset lies beyond
// the line (the file is not the one that runs), or where there is no byte column.
void place_columns(model::Frame& frame, std::optional<std::string_view> first_line,
                   std::optional<std::string_view> last_line);

// Finds the source line of every frame and places the columns of Python frames. Of native frames those are looked for
// whose file the compiler named by an absolute path, as the target sees it. Each file is read once and let go; a
// warning names each that changed after the program started, since its lines need not be those that run.
// `sources` keeps what was read for the next still of the same target.
void add_sources(model::Still& still, const target::Target& target, Sources& sources);

}  // namespace stillframe::resolve
