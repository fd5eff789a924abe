// A core file as a Target.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "binary/decompress.h"
#include "model/result.h"
#include "target/core_options.h"
#include "target/target.h"

namespace stillframe::target {

// Opens a core file, plain or compressed (zstd, lz4, gzip, xz). The errors tell apart: missing, unreadable, a
// directory, empty, not ELF, not a core, of another architecture, not of the given executable (both build-ids), no
// memory in it.
// `host`: what that may do to our own process; `limits`: of a compressed one.
Result<std::unique_ptr<Target>> open_core(const std::string& path, const CoreOptions& options, const Host& host = {},
                                          const binary::DecompressLimits& limits = {});

// The same of a core that is open: a regular file that can be read back and forth; where it is read from does not
// matter. `name` stands for its path, in messages and in the still.
Result<std::unique_ptr<Target>> open_core(FileHandle core, const std::string& name, const CoreOptions& options,
                                          const Host& host = {}, const binary::DecompressLimits& limits = {});

}  // namespace stillframe::target
