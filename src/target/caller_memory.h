// A target that the caller reads himself: memory of another machine, of a virtual one, of a core in a format of his
// own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "memory/memory_source.h"
#include "target/mapping.h"
#include "target/registers.h"

namespace stillframe::target {

struct CallerThread {
  std::int64_t tid = 0;                // as the target's own pid namespace numbers it
  std::string name;                    // the kernel's (comm); may be empty
  std::optional<Registers> registers;  // absent: it has no native stack
};

// Nothing in it runs as long as it is looked at: that memory, mappings and registers are those of one moment, and stay
// so, is the caller's word.
struct CallerMemory {
  // Reads of any address and size, also of such as are not mapped, which fail. Called from the thread that looks.
  std::shared_ptr<const memory::MemorySource> memory;
  // All of the target's, in any order. Those of files need path and offset, for that is how modules are found.
  std::vector<Mapping> mappings;
  std::vector<CallerThread> threads;  // the main thread first; those that are not here have no tid in the still
  // Gives a descriptor of the target's file of that name, which becomes the library's, or -1. Files are recognised by
  // build-id or by their first page, never by name alone. May be empty: then there are no source lines, and functions
  // have the names that memory holds.
  std::function<int(const std::string& path)> open_file;
  std::string name;  // what messages and the still call it, as they would a core's path
  std::optional<std::int64_t> pid;
  std::optional<std::string> executable;
  std::vector<std::string> command_line;
};

}  // namespace stillframe::target
