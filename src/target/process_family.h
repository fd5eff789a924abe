// What the processes do that descend from the target, and whether it was forked itself.
#pragma once

#include <cstdint>
#include <vector>

#include "target/surroundings.h"

namespace stillframe::target {

// Children before their own children; at most some hundreds.
std::vector<ProcessFacts> descendants_of(std::int64_t pid);

// Who has a file mapped, `pid` itself left out: see Surroundings::sharers(). The family is not whole where one of it
// may not be looked into; of all processes those are left out.
Sharers family_sharers(std::int64_t pid, std::uint64_t device, std::uint64_t inode);
Sharers all_sharers(std::int64_t pid, std::uint64_t device, std::uint64_t inode);

// What the threads of a process do. One of which that may not be read goes on, as far as anybody knows.
ProcessSleeps process_sleeps(std::int64_t pid);

// Whether two processes come from the same exec(): one is a fork of the other, or both are of a third one.
bool same_program_start(std::int64_t pid, std::int64_t other);

}  // namespace stillframe::target
