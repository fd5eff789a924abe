// What is told of another process that the target deals with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "target/surroundings.h"

namespace stillframe::target {

// /proc/PID/status; the name is the kernel's.
std::optional<ProcessFacts> parse_process_status(std::string_view status, std::int64_t pid);

// What a reader knows a process by: of `python3 -u /srv/worker.py` "worker.py", of `python3 -m http.server`
// "http.server"; nothing where it is no Python that runs a file or a module. `raw` as /proc/PID/cmdline has it.
std::optional<std::string> script_name(std::string_view raw);

// A process as it is now.
std::optional<ProcessFacts> process_facts(std::int64_t pid);

// The children of all threads of a process; empty also where the kernel does not keep such lists.
std::vector<std::int64_t> child_pids(std::int64_t pid);
std::vector<ProcessFacts> children_of(std::int64_t pid);

}  // namespace stillframe::target
