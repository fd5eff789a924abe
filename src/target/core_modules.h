// The ELF files that were mapped into a dead process, from what the core says of its mappings.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "binary/core_file.h"
#include "memory/memory_source.h"
#include "target/target.h"

namespace stillframe::target {

// One mapping of a file: a line of /proc/PID/maps as it once was.
struct ModulePart {
  Address begin = 0;
  Address end = 0;
  std::uint64_t offset = 0;  // in the file
  bool writable = false;
};

// A file as it was mapped once, from its first byte on.
struct CoreModule {
  std::string path;  // as the process saw it, without " (deleted)"
  bool deleted = false;
  std::vector<ModulePart> parts;  // sorted by address, not empty
  bool is_code = false;           // some of it can be executed: an ELF file, not data
  bool has_image = false;         // its ELF header is in the core
  std::string build_id;           // as the core's memory has it; empty: none, or not in the core

  // Where the file's first byte is mapped.
  [[nodiscard]] Address base() const { return parts.front().begin; }
};

// `files` is file_mappings_of(core); `dumped` is the memory that the core itself holds, without files.
std::vector<CoreModule> list_modules(const binary::CoreFile& core, const std::vector<binary::CoreFileMapping>& files,
                                     const memory::MemorySource& dumped);

// Every range of the process's address space that the core knows of, sorted, named by the modules.
std::vector<Mapping> list_mappings(const binary::CoreFile& core, const std::vector<CoreModule>& modules);

// The module that the process was started from; null when the core does not tell.
const CoreModule* main_module(const binary::CoreFile& core, const std::vector<CoreModule>& modules);

}  // namespace stillframe::target
