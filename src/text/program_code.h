// Which code is the program's own: it, and not the library that it calls, is what a reader looks for.
#pragma once

#include "model/still.h"

namespace stillframe::text {

// Whether the code of a frame belongs to Python's own library, was frozen into the interpreter, or is a scheduler's
// own: trio's, AnyIO's.
bool is_library(const model::Frame& frame);

// The innermost Python frame that is not the library's; else the innermost Python frame; null where there is none.
const model::Frame* own_frame(const model::Thread& thread);

}  // namespace stillframe::text
