// Going on where nothing describes the code: by what the stack itself shows. What is found so is marked as a guess.
#pragma once

#include <optional>

#include "native/unwinder.h"

namespace stillframe::native {

// The caller of a frame without unwind rules; nothing where no candidate stands the test. A candidate is a word on the
// stack that points behind a call instruction, whose call can have led to this function, and from which the unwind
// rules lead on for several calls.
std::optional<RawNativeFrame> guess_caller(Unwinder& unwinder, Modules& modules, const memory::MemorySource& stack,
                                           const RawNativeFrame& frame);

}  // namespace stillframe::native
