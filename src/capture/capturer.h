// Getting the memory of a target as it was at one moment: untouched where nothing ran, by a short stop where something
// did, or while it runs.
#pragma once

#include "capture/options.h"
#include "capture/snapshot.h"
#include "native/modules.h"

namespace stillframe::capture {

// `modules` is used to unwind native stacks, where they are asked for.
Result<Snapshot> take_snapshot(target::Target& target, memory::CapturedMemory& memory, const cpython::Runtime& runtime,
                               native::Modules& modules, const Options& options);

}  // namespace stillframe::capture
