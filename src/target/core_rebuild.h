// The list of mapped files of a core whose own list (NT_FILE) is missing or damaged, from what memory says: the headers
// of ELF files that lie in it, and the dynamic linker's list of them.
#pragma once

#include <vector>

#include "binary/core_file.h"
#include "memory/memory_source.h"

namespace stillframe::target {

// The core's own list where it is whole; else the best that can be made of that list and of the memory. Sorted.
std::vector<binary::CoreFileMapping> file_mappings_of(const binary::CoreFile& core, const memory::MemorySource& dumped);

}  // namespace stillframe::target
