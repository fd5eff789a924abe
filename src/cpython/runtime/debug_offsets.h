// From 3.13 on a target says itself where its fields are: _Py_DebugOffsets, the first member of _PyRuntime.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cpython/dialects/layout.h"
#include "memory/memory_source.h"

namespace stillframe::cpython {

using memory::Address;

struct RuntimeIdentity {
  PythonVersion version;
  bool free_threaded = false;
};

// Version and build as the offsets' head tells them; nothing when there is no such head (the cookie "xdebugpy").
std::optional<RuntimeIdentity> read_debug_offsets_identity(const memory::MemorySource& memory, Address runtime);

struct OwnLayout {
  Layout layout;                      // the table, with the target's own offsets in place of its
  std::vector<std::string> warnings;  // offsets that make no sense, and were not taken over
};

// Takes over what the target says of its own layout; nothing when its offsets cannot be read.
std::optional<OwnLayout> apply_debug_offsets(const Layout& table, const memory::MemorySource& memory, Address runtime);

}  // namespace stillframe::cpython
