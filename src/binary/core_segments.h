// The memory segments of a core, put in order: sorted, repaired where one field contradicts its neighbours, cut where
// they overlap, and measured against the file's end.
#pragma once

#include <elf.h>

#include <cstdint>
#include <string>
#include <vector>

#include "binary/core_parts.h"

namespace stillframe::binary {

struct ArrangedSegments {
  std::vector<CoreSegment> segments;  // sorted by address, without overlaps
  std::uint64_t missing_bytes = 0;    // promised by the headers, but behind the file's end
  std::uint64_t promised_end = 0;     // where the file should end
  std::vector<std::string> warnings;
};

ArrangedSegments arrange_segments(std::vector<Elf64_Phdr> loads, std::uint64_t file_size);

}  // namespace stillframe::binary
