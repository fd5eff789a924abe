// The whole command line of a dead process, from its stack: a core's note has only the first 79 bytes of it.
#pragma once

#include <string>
#include <vector>

#include "binary/core_file.h"
#include "memory/memory_source.h"

namespace stillframe::target {

// Empty where the stack does not hold it (any more).
std::vector<std::string> read_command_line(const binary::CoreFile& core, const memory::MemorySource& dumped);

}  // namespace stillframe::target
