// The state of the locks of C code: _thread.lock and _thread.RLock in every version.
#pragma once

#include <cstdint>
#include <optional>

#include "cpython/objects/objects.h"

namespace stillframe::cpython {

struct RLockState {
  std::uint64_t owner = 0;  // thread ident; 0: nobody
  std::uint64_t count = 0;  // how often it was acquired
};

// Whether a _thread.lock (2.7: thread.lock) is held; nothing where that cannot be read.
std::optional<bool> is_locked(const Objects& objects, Address lock);
std::optional<RLockState> rlock_state(const Objects& objects, Address lock);

}  // namespace stillframe::cpython
