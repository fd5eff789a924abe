// A core file as a Target.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "binary/decompress.h"
#include "model/result.h"
#include "target/target.h"

namespace stillframe::target {

struct CoreOptions {
  std::optional<std::string> executable;           // given by the user; else found from the core
  std::vector<std::string> library_search_path;    // --lib-search-path: directories looked in for a library's file name
  binary::DecompressLimits decompress;             // of a compressed core
  std::optional<std::string> library_search_root;  // --lib-search-root: directory tree that stands for the target's /
};

// Opens a core file, plain or compressed (zstd, lz4, gzip, xz). The errors tell apart: missing, unreadable, a
// directory, empty, not ELF, not a core, of another architecture, not of the given executable (both build-ids), no
// memory in it.
Result<std::unique_ptr<Target>> open_core(const std::string& path, const CoreOptions& options);

}  // namespace stillframe::target
