// The call frame information of one ELF file: .eh_frame as it lies in a target's memory, or a section's bytes
// (.debug_frame). Needs no file for the former, so it works on the vDSO, deleted files and in other namespaces.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "binary/elf_image.h"
#include "binary/unwind_row.h"

namespace stillframe::binary {

class CallFrameTable {
 public:
  CallFrameTable(const CallFrameTable&) = delete;
  CallFrameTable& operator=(const CallFrameTable&) = delete;
  CallFrameTable(CallFrameTable&&) = delete;
  CallFrameTable& operator=(CallFrameTable&&) = delete;
  ~CallFrameTable() = default;

  // Through the image's PT_GNU_EH_FRAME; nothing where it has none. `memory` must outlive the table.
  static std::unique_ptr<CallFrameTable> in_image(const memory::MemorySource& memory, const ElfImage& image);

  enum class Format : std::uint8_t { eh_frame, debug_frame };
  // Of a whole section that is linked at `address` and loaded `bias` further up.
  static std::unique_ptr<CallFrameTable> in_section(std::vector<std::byte> section, memory::Address address,
                                                    memory::Address bias, Format format);

  // How to unwind from `pc`, an address in the target; nothing where no function there is described.
  [[nodiscard]] std::optional<UnwindRow> row_at(memory::Address pc) const;

  // How many bytes were read for all rows so far: what they have cost.
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  // Where the descriptions of functions (FDEs) stand: sorted by the function's begin.
  struct IndexEntry {
    memory::Address begin = 0;
    memory::Address end = 0;
    memory::Address description = 0;
  };
  struct Entry;
  struct CommonInfo;

  CallFrameTable() = default;
  [[nodiscard]] std::optional<memory::Address> search_header(memory::Address pc) const;
  [[nodiscard]] std::optional<memory::Address> search_index(memory::Address pc) const;
  [[nodiscard]] std::optional<memory::Address> table_begin(std::uint64_t entry) const;
  [[nodiscard]] std::optional<Entry> read_entry(memory::Address at, std::uint64_t most) const;
  [[nodiscard]] std::optional<CommonInfo> read_common_info(const Entry& entry) const;
  [[nodiscard]] std::optional<UnwindRow> read_row(memory::Address description, memory::Address pc) const;
  [[nodiscard]] std::optional<IndexEntry> read_index_entry(const Entry& entry) const;
  void build_index() const;

  const memory::MemorySource* memory_ = nullptr;
  std::unique_ptr<memory::MemorySource> own_memory_;  // of a section
  Format format_ = Format::eh_frame;
  memory::Address bias_ = 0;   // added to absolute addresses of a section; 0 in an image, whose are relative
  memory::Address begin_ = 0;  // of the entries
  memory::Address end_ = 0;
  memory::Address table_ = 0;     // the binary search table of .eh_frame_hdr; 0: none
  memory::Address header_ = 0;    // what the table's numbers are relative to
  std::uint64_t table_size_ = 0;  // entries
  mutable std::uint64_t bytes_read_ = 0;
  mutable std::optional<std::vector<IndexEntry>> index_;  // where there is no table: made on first use
};

}  // namespace stillframe::binary
