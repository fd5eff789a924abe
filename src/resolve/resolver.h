// From what was read to what is shown: names, lines, states, and which thread of the system is which thread of Python.
#pragma once

#include <unordered_map>

#include "capture/capturer.h"
#include "cpython/runtime/runtime.h"
#include "resolve/native_frames.h"

namespace stillframe::resolve {

// The kernel's thread for each thread state, by its address, where it is known.
using ThreadIds = std::unordered_map<cpython::Address, target::Tid>;

// Fills the still with what the snapshot has, but for what threads wait for and how the process died.
ThreadIds resolve_still(capture::Snapshot& snapshot, const target::Target& target, const cpython::Runtime& runtime,
                        NativeFrames& native, model::Still& still);

}  // namespace stillframe::resolve
