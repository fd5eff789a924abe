// The locks of files that processes wait for: /proc/locks.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "target/surroundings.h"

namespace stillframe::target {

// The locks in /proc/locks that process `pid` (as this machine's namespace numbers it) waits for, with who holds each.
// Of locks of open file descriptions the kernel tells neither who holds nor who waits: those that anybody waits for are
// given.
std::vector<LockWait> parse_lock_waits(std::string_view locks, std::int64_t pid);

}  // namespace stillframe::target
