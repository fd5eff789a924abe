// The DWARF of one file as libdw sees it: only the sections that names and lines need, each within the file, none
// compressed. libdw and libelf never see the file's own tables.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "binary/symbol_image.h"

namespace stillframe::binary {

// A section to be shown to libdw: `size` bytes of the image at `offset`, or bytes from elsewhere.
struct DwarfPart {
  std::string name;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::span<const std::byte> foreign;
  bool compressed = false;  // with a header in front, Elf64_Chdr
};

class DwarfFile {
 public:
  // The image's own sections. Nothing when there is no .debug_info, or when it cannot be read.
  static std::unique_ptr<DwarfFile> open(const SymbolImage& image);
  // The same, but of .debug_info only one unit: `size` bytes from `offset` on. No section may be compressed.
  static std::unique_ptr<DwarfFile> open_unit(const SymbolImage& image, std::uint64_t offset, std::uint64_t size);
  // Parts of bytes that the caller keeps, with their own header and tables put into the first `room` of them. The
  // parts' offsets count from the beginning of the bytes.
  static std::unique_ptr<DwarfFile> in_place(const Elf64_Ehdr& like, std::span<std::byte> bytes,
                                             std::vector<DwarfPart> parts, std::uint64_t room);
  // Parts of a file that is open otherwise: units of a split file. The image may go away.
  static std::unique_ptr<DwarfFile> of_parts(const SymbolImage& image, std::vector<DwarfPart> parts);

  [[nodiscard]] Dwarf* dwarf() const { return dwarf_.get(); }
  // The bytes of a section as libdw sees them; empty when it is not there.
  [[nodiscard]] std::span<const std::byte> section(std::string_view name) const;
  // Makes references into what dwz shared resolve there.
  void set_shared(std::unique_ptr<DwarfFile> shared);

 private:
  struct Close {
    void operator()(Elf* elf) const { elf_end(elf); }
    void operator()(Dwarf* dwarf) const { dwarf_end(dwarf); }
  };
  struct Placed {
    std::string name;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
  };
  bool place(const SymbolImage& image, const std::vector<DwarfPart>& parts);
  bool write_tables(std::uint64_t at, std::uint64_t end);
  bool show();

  std::unique_ptr<DwarfFile> shared_;  // must outlive what refers to it
  MappedRegion region_;                // empty: the bytes are the caller's
  std::span<std::byte> bytes_;         // what libdw sees
  std::vector<Placed> placed_;
  std::unique_ptr<Elf, Close> elf_;
  std::unique_ptr<Dwarf, Close> dwarf_;
};

// The image's own sections that names and lines need.
std::vector<DwarfPart> dwarf_parts(const SymbolImage& image);

// More than this is not unpacked of one file.
constexpr std::uint64_t most_unpacked = std::uint64_t{512} << 20U;
// What a compressed section will be when it is unpacked; 0 when that is unknown or more than anything sane.
std::uint64_t unpacked_size(std::span<const std::byte> section);
// Unpacks zlib or zstd; false when the content is not exactly as long as promised.
bool unpack_section(std::span<const std::byte> section, std::span<std::byte> into);
// A copy of a section of at most `limit` bytes, unpacked; empty when it is not there, damaged or larger.
std::vector<std::byte> section_bytes(const SymbolImage& image, std::string_view name, std::uint64_t limit);
// What zlib made of a compressed section; empty when something else did.
std::span<const std::byte> zlib_stream_of(std::span<const std::byte> section);

}  // namespace stillframe::binary
