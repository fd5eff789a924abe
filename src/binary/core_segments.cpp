#include "binary/core_segments.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

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

// The kernel (fs/binfmt_elf.c, elf_core_dump) and gcore write the segments in the order of their addresses, and their
// bytes one behind the other: a field that breaks this while both neighbours keep it is damaged, and follows from them.
class Repair {
 public:
  explicit Repair(std::vector<Elf64_Phdr>& loads) : loads_(loads) {}

  std::size_t run() {
    for (std::size_t i = 0; i < loads_.size(); ++i) {
      repaired_ += repair_offset(i) || repair_file_size(i) ? 1 : 0;
    }
    for (std::size_t i = 0; i < loads_.size(); ++i) {
      repaired_ += repair_memory_size(i) || repair_address(i) ? 1 : 0;
    }
    return repaired_;
  }

 private:
  // Where the bytes of the one before end, or the table does not say.
  [[nodiscard]] std::optional<std::uint64_t> end_before(std::size_t i) const {
    return i == 0 ? std::nullopt : std::optional(loads_[i - 1].p_offset + loads_[i - 1].p_filesz);
  }

  [[nodiscard]] bool last(std::size_t i) const { return i + 1 == loads_.size(); }

  bool repair_offset(std::size_t i) {
    Elf64_Phdr& load = loads_[i];
    const auto expected = end_before(i);
    if (!expected || *expected == load.p_offset || last(i) || *expected + load.p_filesz != loads_[i + 1].p_offset) {
      return false;
    }
    load.p_offset = *expected;
    return true;
  }

  bool repair_file_size(std::size_t i) {
    Elf64_Phdr& load = loads_[i];
    if (last(i) || i + 2 >= loads_.size()) {
      return false;
    }
    const Elf64_Phdr& next = loads_[i + 1];
    const bool next_is_good = next.p_offset + next.p_filesz == loads_[i + 2].p_offset;
    const std::uint64_t expected = next.p_offset - load.p_offset;
    if (load.p_filesz == expected || !next_is_good || next.p_offset < load.p_offset || expected > load.p_memsz) {
      return false;
    }
    load.p_filesz = expected;
    return true;
  }

  // The bytes in the file fit their neighbours, so it is the size in memory that is too small.
  bool repair_memory_size(std::size_t i) {
    Elf64_Phdr& load = loads_[i];
    const bool fits = !last(i) && load.p_offset + load.p_filesz == loads_[i + 1].p_offset;
    if (load.p_memsz >= load.p_filesz || !fits) {
      return false;
    }
    load.p_memsz = load.p_filesz;
    return true;
  }

  // Out of order between two that are in order: the address that differs from what stands there in the fewest bytes
  // and lies between them.
  bool repair_address(std::size_t i) {
    if (i == 0 || last(i)) {
      return false;
    }
    Elf64_Phdr& load = loads_[i];
    const std::uint64_t low = loads_[i - 1].p_vaddr + loads_[i - 1].p_memsz;
    const std::uint64_t high = loads_[i + 1].p_vaddr;
    const bool neighbours_are_good = low >= loads_[i - 1].p_vaddr && low <= high && load.p_memsz <= high - low;
    const bool good = load.p_vaddr >= low && load.p_vaddr <= high && load.p_memsz <= high - load.p_vaddr;
    if (!neighbours_are_good || good || load.p_memsz == 0) {
      return false;
    }
    const auto found = one_byte_away(load.p_vaddr, low, high - load.p_memsz);
    if (!found && low != high - load.p_memsz) {
      return false;  // more than one place is possible
    }
    load.p_vaddr = found.value_or(low);
    return true;
  }

  // The only page address in [low, high] that differs from `damaged` in one byte; nothing when there are more.
  static std::optional<std::uint64_t> one_byte_away(std::uint64_t damaged, std::uint64_t low, std::uint64_t high) {
    constexpr std::uint64_t page = 4096;
    std::optional<std::uint64_t> found;
    for (unsigned shift = 0; shift < 64; shift += 8) {
      for (std::uint64_t value = 0; value < 256; ++value) {
        const std::uint64_t candidate = (damaged & ~(std::uint64_t{0xff} << shift)) | (value << shift);
        if (candidate % page != 0 || candidate < low || candidate > high || candidate == damaged) {
          continue;
        }
        if (candidate == low || candidate == high) {
          return candidate;  // most segments touch another one
        }
        if (found) {
          return std::nullopt;
        }
        found = candidate;
      }
    }
    return found;
  }

  std::vector<Elf64_Phdr>& loads_;
  std::size_t repaired_ = 0;
};

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
  if (const std::size_t repaired = Repair(loads).run(); repaired > 0) {
    arranged.warnings.push_back(fmt::format(
        "{} of the core's program headers contradict their neighbours and were corrected by them", repaired));
  }
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
