#include "cpython/dialects/layout.h"

#include <fmt/format.h>

#include "cpython/dialects/layouts/tables.h"

namespace stillframe::cpython {
namespace {

constexpr const Layout* kTables[] = {
#define SF_TABLE(name) &layouts::name,
#include "cpython/dialects/layouts/tables.inc"
#undef SF_TABLE
};

}  // namespace

std::span<const Layout* const> all_layouts() {
  return kTables;
}

const Layout* find_layout(PythonVersion version, BuildKind build) {
  const Layout* same_threading = nullptr;
  for (const Layout* table : all_layouts()) {
    if (table->version.major != version.major || table->version.minor != version.minor) {
      continue;
    }
    if (table->build == build) {
      return table;
    }
    if (table->build.free_threaded == build.free_threaded && same_threading == nullptr) {
      same_threading = table;
    }
  }
  return same_threading;
}

std::string known_versions() {
  return "2.7 and 3.6 to 3.15";
}

}  // namespace stillframe::cpython
