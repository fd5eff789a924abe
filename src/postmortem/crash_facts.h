// What a core still tells of how its process died: the calls of the thread that died, what the processor refused, what
// the C library, C++ and Python said last. Sentences are made of it in analysis/findings/.
#pragma once

#include "capture/capturer.h"
#include "cpython/runtime/runtime.h"
#include "model/still.h"
#include "native/modules.h"
#include "native/names.h"
#include "target/target.h"

namespace stillframe::postmortem {

// Fills what is left of `still.crash`, where there is one; its calls are those that resolve::NativeFrames has put
// together.
void add_crash_facts(const target::Target& target, const cpython::Runtime& runtime, native::Modules& modules,
                     native::Names& names, const capture::Snapshot& snapshot, model::Still& still);

}  // namespace stillframe::postmortem
