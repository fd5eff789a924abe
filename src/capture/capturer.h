// Getting the memory of a target as it was at one moment: untouched where nothing ran, by a short stop where something
// did, or while it runs.
#pragma once

#include <functional>
#include <unordered_map>
#include <vector>

#include "capture/options.h"
#include "capture/snapshot.h"
#include "session/session.h"

namespace stillframe::capture {

// The threads of a moment, and the calls that those of them are in that sleep.
using SeenThreads = std::function<void(const std::vector<target::ThreadInfo>& threads,
                                       const std::unordered_map<target::Tid, target::Syscall>& calls)>;

// A snapshot of the session's target. What it points at is valid until the session takes the next one. `seen` is called
// as soon as the moment is got and the target runs, before what takes longer; again where a later moment is taken in
// its place.
Result<Snapshot> take_snapshot(session::Session& session, const Options& options, const SeenThreads& seen = {});

}  // namespace stillframe::capture
