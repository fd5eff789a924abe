// What was seen of a target, as plain data.
//
// A Still owns everything that its string_views point at: they are valid as long as the Still lives, also after it was
// moved, and independent of the Session that it came from. Copies of a Frame or a Value live no longer than their
// Still. A Still may be read by any number of threads at once.
#pragma once

#include <string>
#include <string_view>

#include "model/inspection.h"
#include "model/still.h"
#include "model/tasks.h"
#include "stillframe/error.h"

namespace stillframe {

using model::Finding;
using model::Frame;
using model::Inspection;
using model::Still;
using model::Task;
using model::Tasks;
using model::Thread;
using model::Value;

// A still as one line of JSON that ends in a newline (docs/still.schema.json). Always valid JSON: bytes of the target
// that are no UTF-8 become U+FFFD. Tasks are not part of it. `tool_version` is written as the version that took the
// still; empty: that of this library. Thread safe.
std::string to_json(const Still& still, std::string_view tool_version = {});

// A still and the version that took it.
struct SavedStill {
  Still still;
  std::string tool_version;
};

// Reads a still back from one document of that schema, whoever wrote it; space around it is allowed, and nothing of
// `text` is kept. to_json() of what was read gives the bytes that were written. Some of what a Session gives is not in
// JSON: the calls of a crash, run counts, the arguments of system calls, and of threads of other processes all but
// whose they are. Errors: `damaged` where the text is no JSON or no still, with the place of what is wrong;
// `unsupported` where its schema is another one. Time and memory grow linearly with the text. Thread safe.
Result<SavedStill> still_from_json(std::string_view text);

}  // namespace stillframe
