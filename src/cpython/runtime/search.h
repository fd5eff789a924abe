// The last resort: finding interpreters and threads by what their structures must look like, without any symbol.
#pragma once

#include <optional>
#include <vector>

#include "cpython/dialects/layout.h"
#include "memory/memory_source.h"
#include "target/target.h"

namespace stillframe::cpython {

using memory::Address;

struct FoundInterpreters {
  const Layout* layout = nullptr;    // the table that fitted
  Address interpreters_head_at = 0;  // the word that leads to the first interpreter
  Address interpreter = 0;
};

// True when `interpreter` leads to a thread state that points back at it, and its sys module says the version of the
// layout (where that can be read).
bool looks_like_interpreter(const memory::MemorySource& memory, const Layout& layout, Address interpreter);

// The same of a core that has lost the sys module: all of the list of threads must fit together instead. For a version
// that is known from elsewhere.
bool looks_like_damaged_interpreter(const memory::MemorySource& memory, const Layout& layout, Address interpreter);

// How far a search goes: where an interpreter's global variables can be, or all that can be written.
enum class SearchScope : std::uint8_t { data_of_files, everything };

// Searches the writable data of the target for a word that leads to an interpreter, with each of the given tables.
using LooksLike = bool (*)(const memory::MemorySource& memory, const Layout& layout, Address interpreter);
std::optional<FoundInterpreters> search_interpreters(const target::Target& target, const memory::MemorySource& memory,
                                                     const std::vector<const Layout*>& layouts, SearchScope scope,
                                                     LooksLike looks_like = looks_like_interpreter);

// Searches the writable memory for thread states of the interpreter at `interpreter`, whose own bytes may be lost. For
// damaged cores.
std::vector<Address> search_threads(const target::Target& target, const memory::MemorySource& memory,
                                    const Layout& layout, Address interpreter);

}  // namespace stillframe::cpython
