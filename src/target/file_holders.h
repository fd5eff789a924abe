// Who has a pipe or a socket open: a search of the descriptors of all processes.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "target/surroundings.h"

namespace stillframe::target {

// Every process that has one of these files open, by what its links in /proc/PID/fd say ("pipe:[3999952]"), once for
// each file; `proc` is "/proc" but in tests. Processes that may not be looked into are left out.
std::vector<FileHolder> find_holders(const std::string& proc, std::span<const std::string> links);
// The same among these processes only.
std::vector<FileHolder> find_holders(const std::string& proc, std::span<const std::string> links,
                                     std::span<const std::int64_t> pids);

}  // namespace stillframe::target
