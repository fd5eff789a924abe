// Where the target's own libpython (or executable) brings debug information that disagrees with the checked-in table,
// the target is right: a patched or unusual build has other structures.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cpython/dialects/layout.h"
#include "cpython/runtime/runtime.h"
#include "target/target.h"

namespace stillframe::cpython {

// One number of a layout that the debug information gives differently.
struct Disagreement {
  std::string_view group;  // "interpreter"
  std::string_view field;  // "next"; empty: the structure's size
  Offset table;            // for a size too
  Offset real;
};

// Compares a layout with the debug information in the file open at `fd`. Nothing when the file has none that could be
// read; only structures that are complete in it are compared. `fd`'s position is left alone.
std::optional<std::vector<Disagreement>> check_against_debug_info(int fd, const Layout& layout);

// Puts the real numbers into the layout.
void believe(Layout& layout, const std::vector<Disagreement>& disagreements);

// Checks the layout of `runtime` against the very file that its global state was loaded from, or against the separate
// debug file of that (by build-id under /usr/lib/debug/.build-id, by .gnu_debuglink); corrects it and warns. Debug
// information that is kept compressed is left alone: unpacking all of it would take longer than all the rest.
void believe_debug_info(const target::Target& target, Runtime& runtime);

}  // namespace stillframe::cpython
