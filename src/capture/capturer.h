// Getting the memory of a target as it was at one moment: untouched where nothing ran, by a short stop where something
// did, or while it runs.
#pragma once

#include "capture/options.h"
#include "capture/snapshot.h"
#include "session/session.h"

namespace stillframe::capture {

// A snapshot of the session's target. What it points at is valid until the session takes the next one.
Result<Snapshot> take_snapshot(session::Session& session, const Options& options);

}  // namespace stillframe::capture
