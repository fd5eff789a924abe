// The bytes of an ELF file whose tables name addresses: mapped where that is allowed, so that only what is looked at
// takes memory, and read by no offset or size that was not held against the file's end.
#pragma once

#include <elf.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "binary/mapped_region.h"

namespace stillframe::binary {

struct ImageSection {
  std::string_view name;
  std::uint32_t type = SHT_NULL;
  std::uint64_t flags = 0;
  std::uint64_t address = 0;  // as linked
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint32_t link = 0;
  bool in_file = false;  // all of it lies within the file
};

class SymbolImage {
 public:
  // Nothing for what is no 64-bit little-endian ELF file. `fd` stays the caller's and may be closed.
  // Copied, a file may have 1 GiB at most.
  static std::unique_ptr<SymbolImage> open(int fd, FileAccess access);
  static std::unique_ptr<SymbolImage> copy_of(std::span<const std::byte> bytes);

  [[nodiscard]] const Elf64_Ehdr& header() const { return header_; }
  // In the file's order, so that a section's link is an index. Empty for what was read from memory or is damaged.
  [[nodiscard]] const std::vector<ImageSection>& sections() const { return sections_; }
  // The first section of that name.
  [[nodiscard]] const ImageSection* section(std::string_view name) const;
  [[nodiscard]] const std::vector<Elf64_Phdr>& segments() const { return segments_; }

  // As it stands in the file, compressed or not; empty when it is not (all) there.
  [[nodiscard]] std::span<const std::byte> content(const ImageSection& section) const;
  [[nodiscard]] std::span<const std::byte> bytes() const { return region_.bytes(); }
  // Where a linked address stands in the file, with what is there up to the end of its segment.
  [[nodiscard]] std::span<const std::byte> at_address(std::uint64_t address) const;
  [[nodiscard]] std::string build_id() const;  // lower-case hex; empty: none
  // How it was opened, and the files that belong to it are to be.
  [[nodiscard]] FileAccess access() const { return access_; }
  // Gives back the memory that reading a section took; it is read from the file again where that is needed.
  void forget(const ImageSection& section) const;

  // A second copy of the image that may be written to, with `room` bytes behind it (from where it gives).
  [[nodiscard]] MappedRegion editable(std::uint64_t room, std::uint64_t& room_begins) const;

 private:
  struct CloseFile {
    int fd = -1;
    CloseFile() = default;
    CloseFile(const CloseFile&) = delete;
    CloseFile& operator=(const CloseFile&) = delete;
    CloseFile(CloseFile&&) = delete;
    CloseFile& operator=(CloseFile&&) = delete;
    ~CloseFile();
  };
  bool parse();
  void parse_sections();
  void parse_segments();

  CloseFile file_;  // none: the image is memory
  FileAccess access_ = FileAccess::copied;
  MappedRegion region_;
  Elf64_Ehdr header_{};
  std::vector<ImageSection> sections_;
  std::vector<Elf64_Phdr> segments_;
};

// A value at an offset, which need not be aligned.
template <typename T>
  requires std::is_trivially_copyable_v<T>
std::optional<T> value_at(std::span<const std::byte> bytes, std::uint64_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) {
    return std::nullopt;
  }
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

// The text up to its NUL; empty when there is none or it has no end.
std::string_view text_at(std::span<const std::byte> bytes, std::uint64_t offset);

}  // namespace stillframe::binary
