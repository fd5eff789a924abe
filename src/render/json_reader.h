// Reads a still back from its JSON (docs/still.schema.json).
#pragma once

#include <string>
#include <string_view>

#include "model/result.h"
#include "model/still.h"

namespace stillframe::render {

struct ReadStill {
  model::Still still;
  std::string tool_version;  // that took it
};

// `text` is one document as write_json() writes it; space around it is allowed. Writing what was read gives the same
// bytes. Columns in bytes are found again from those on the screen. What the JSON does not have is not there: the calls
// of a crash, run counts, the arguments of system calls, and of threads of other processes all but whose they are. The
// error names the place of what is wrong: `damaged` where it is no JSON or no still, `unsupported` where it is a
// document of another kind or of a newer version. Members that this version does not know are ignored. Nothing of
// `text` is kept.
Result<ReadStill> still_from_json(std::string_view text);

}  // namespace stillframe::render
