// Getting at the bytes of a core file: what can be wrong with its path, and cores that are compressed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "binary/decompress.h"
#include "model/result.h"
#include "target/file_identity.h"
#include "target/target.h"

namespace stillframe::target {

struct OpenedCore {
  FileHandle file;                    // the core itself, decompressed where it was compressed
  std::string name;                   // for messages
  double written_at = 0;              // when the core was last written, seconds since 1970
  std::optional<FileIdentity> owner;  // of the core file, where his rights are less than ours
  bool cut_short = false;             // by a limit
  std::vector<std::string> warnings;
};

// A compressed core is decompressed into an unlinked file in $TMPDIR, or else in /var/tmp.
Result<OpenedCore> open_core_file(const std::string& path, const binary::DecompressLimits& limits = {});

// The same of a core that is open already; `name` stands for its path.
Result<OpenedCore> open_core_file(FileHandle core, const std::string& name,
                                  const binary::DecompressLimits& limits = {});

}  // namespace stillframe::target
