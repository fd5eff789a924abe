// An ELF file as it lies loaded in a target's memory. Needs no file: the dynamic symbol table, its hash table and the
// build-id are in the loaded segments, so this works on deleted files, in other namespaces and in cores.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "memory/memory_source.h"

namespace stillframe::binary {

using memory::Address;

struct Symbol {
  Address address = 0;  // in the target, load bias applied
  std::uint64_t size = 0;
};

struct Segment {
  std::uint32_t type = 0;   // PT_LOAD, PT_DYNAMIC, PT_NOTE, …
  std::uint32_t flags = 0;  // PF_R, PF_W, PF_X
  Address address = 0;      // in the target, load bias applied
  std::uint64_t size = 0;   // in memory
  std::uint64_t file_offset = 0;
  std::uint64_t file_size = 0;
};

class ElfImage {
 public:
  // Reads the headers at `base`, the address where the file's first byte is mapped. Nothing when there is no 64-bit
  // ELF file of this machine's byte order, or when its headers make no sense.
  static std::optional<ElfImage> at(const memory::MemorySource& memory, Address base);

  [[nodiscard]] Address base() const { return base_; }
  // What must be added to a p_vaddr or st_value of the file.
  [[nodiscard]] Address bias() const { return bias_; }
  [[nodiscard]] std::uint16_t machine() const { return machine_; }
  // Where a process begins in it, in the target; 0 where it does not.
  [[nodiscard]] Address entry() const { return entry_; }
  [[nodiscard]] std::span<const Segment> segments() const { return segments_; }

  // A defined symbol of the dynamic symbol table, found through DT_GNU_HASH, DT_HASH, or a bounded linear search.
  [[nodiscard]] std::optional<Symbol> find_dynamic_symbol(const memory::MemorySource& memory,
                                                          std::string_view name) const;
  // The GNU build-id as lower-case hex; empty when there is none or it cannot be read.
  [[nodiscard]] std::string build_id(const memory::MemorySource& memory) const;

 private:
  Address base_ = 0;
  Address bias_ = 0;
  Address entry_ = 0;
  std::uint16_t machine_ = 0;
  std::vector<Segment> segments_;
};

}  // namespace stillframe::binary
