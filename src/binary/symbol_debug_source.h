// The debug information of one file, given to libdw in pieces. libdw notes every compilation unit that stands before
// the one that is wanted, so that a name from a large debug file would cost memory for all its thousands of units; a
// unit is therefore shown to it alone, and all of them together only where one refers to another.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "binary/native_symbols.h"
#include "binary/symbol_dwarf_file.h"
#include "binary/symbol_unpacked.h"

namespace stillframe::binary {

class DebugSource {
 public:
  // `path` is what the target names the file of `image`, which must outlive this. Nothing without .debug_info.
  static std::unique_ptr<DebugSource> open(const SymbolImage& image, std::string path, OpenFile open_file,
                                           FetchDebugFile fetch);

  // The bytes of a section, not compressed; empty when it is not there. They live as long as this.
  [[nodiscard]] std::span<const std::byte> section(std::string_view name);
  // Of a section of units with their lengths in front: all up to the end of the one at `offset`, or more.
  [[nodiscard]] std::span<const std::byte> through_unit(std::string_view name, std::uint64_t offset);

  struct Unit {
    std::unique_ptr<DwarfFile> file;  // none: the unit is among all the others
    Dwarf_Die die{};
  };
  // The unit whose header is at `offset` of .debug_info: alone, if that is possible, or else with all others.
  std::optional<Unit> unit(std::uint64_t offset, bool alone);
  // All units; null when they cannot be read.
  Dwarf* all();

 private:
  DebugSource(const SymbolImage& image, std::string path, OpenFile open_file, FetchDebugFile fetch);
  void open_all();

  const SymbolImage& image_;
  std::string path_;
  OpenFile open_file_;
  FetchDebugFile fetch_;
  bool in_pieces_ = false;                    // nothing is shared with other files
  std::unique_ptr<UnpackedSections> packed_;  // none: nothing is compressed
  bool all_sought_ = false;
  std::unique_ptr<DwarfFile> all_;
};

}  // namespace stillframe::binary
