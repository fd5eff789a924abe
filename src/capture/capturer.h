// Getting the memory of a target as it was at one moment: untouched where nothing ran, by a short stop where something
// did, or while it runs.
#pragma once

#include <functional>
#include <unordered_map>
#include <vector>

#include "capture/options.h"
#include "capture/snapshot.h"
#include "native/modules.h"

namespace stillframe::capture {

// The threads of a moment, and the calls that those of them are in that sleep.
using SeenThreads = std::function<void(const std::vector<target::ThreadInfo>& threads,
                                       const std::unordered_map<target::Tid, target::Syscall>& calls)>;

// `modules` is used to unwind native stacks, where they are asked for. `seen` is called as soon as the moment is got and
// the target runs, before what takes longer; again where a later moment is taken in its place.
Result<Snapshot> take_snapshot(target::Target& target, memory::CapturedMemory& memory, const cpython::Runtime& runtime,
                               native::Modules& modules, const Options& options, const SeenThreads& seen = {});

}  // namespace stillframe::capture
