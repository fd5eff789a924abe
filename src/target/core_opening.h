// Getting at the bytes of a core file: what can be wrong with its path, and cores that are compressed.
#pragma once

#include <string>
#include <vector>

#include "model/result.h"
#include "target/target.h"

namespace stillframe::target {

struct OpenedCore {
  FileHandle file;        // the core itself, decompressed where it was compressed
  std::string name;       // for messages
  double written_at = 0;  // when the core was last written, seconds since 1970
  std::vector<std::string> warnings;
};

// A compressed core is decompressed into an unlinked file in $TMPDIR, or else in /var/tmp.
Result<OpenedCore> open_core_file(const std::string& path);

// The same of a core that is open already; `name` stands for its path.
Result<OpenedCore> open_core_file(FileHandle core, const std::string& name);

}  // namespace stillframe::target
