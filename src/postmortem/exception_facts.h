// The Python exceptions that were in flight in the thread that died.
#pragma once

#include "capture/capturer.h"
#include "cpython/runtime/runtime.h"
#include "model/still.h"

namespace stillframe::postmortem {

// Into `still.crash`: the exceptions that the thread at `thread` (its thread state) raises or handles, and the last one
// that nobody caught, each with its traceback, its cause or context.
void add_exceptions(const cpython::Runtime& runtime, const capture::Snapshot& snapshot,
                    const cpython::RawInterpreter& interpreter, cpython::Address thread, model::Still& still);

}  // namespace stillframe::postmortem
