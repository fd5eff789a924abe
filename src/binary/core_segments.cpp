#include "binary/core_segments.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace stillframe::binary {
namespace {

constexpr std::uint64_t furthest = std::numeric_limits<std::uint64_t>::max();

CoreSegment to_segment(const Elf64_Phdr& load) {
  CoreSegment segment{.address = load.p_vaddr,
                      .memory_size = std::min<std::uint64_t>(load.p_memsz, furthest - load.p_vaddr),
                      .file_offset = load.p_offset,
                      .readable = (load.p_flags & PF_R) != 0,
                      .writable = (load.p_flags & PF_W) != 0,
                      .executable = (load.p_flags & PF_X) != 0};
  segment.file_size = std::min<std::uint64_t>(load.p_filesz, segment.memory_size);
  return segment;
}

void measure(CoreSegment& segment, std::uint64_t file_size) {
  segment.present = segment.file_offset >= file_size ? 0 : std::min(segment.file_size, file_size - segment.file_offset);
}

// Of two that overlap the one that begins later keeps its place: a length is damaged more easily than a place is made
// up that happens to be inside another segment.
std::size_t cut_overlaps(std::vector<CoreSegment>& segments) {
  std::size_t cut = 0;
  for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
    CoreSegment& segment = segments[i];
    const std::uint64_t room = segments[i + 1].address - segment.address;
    if (segment.memory_size > room) {
      segment.memory_size = room;
      segment.file_size = std::min(segment.file_size, room);
      segment.present = std::min(segment.present, room);
      ++cut;
    }
  }
  std::erase_if(segments, [](const CoreSegment& segment) { return segment.memory_size == 0; });
  return cut;
}

}  // namespace

ArrangedSegments arrange_segments(std::vector<Elf64_Phdr> loads, std::uint64_t file_size) {
  ArrangedSegments arranged;
  arranged.segments.reserve(loads.size());
  for (const Elf64_Phdr& load : loads) {
    CoreSegment segment = to_segment(load);
    if (segment.memory_size == 0) {
      continue;
    }
    measure(segment, file_size);
    arranged.missing_bytes += segment.file_size - segment.present;
    if (segment.file_size <= furthest - segment.file_offset) {
      arranged.promised_end = std::max(arranged.promised_end, segment.file_offset + segment.file_size);
    }
    arranged.segments.push_back(segment);
  }
  std::ranges::stable_sort(arranged.segments, {}, &CoreSegment::address);
  if (const std::size_t cut = cut_overlaps(arranged.segments); cut > 0) {
    arranged.warnings.push_back(fmt::format(
        "{} memory segments of the core overlap the next one and were cut; what they held there is not shown", cut));
  }
  return arranged;
}

}  // namespace stillframe::binary
