// Split DWARF: the program's file holds only skeletons, and the units themselves stand in .dwo files beside the objects
// or, packed together, in one .dwp file beside the program.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "binary/native_symbols.h"
#include "binary/symbol_debug_source.h"
#include "binary/symbol_dwarf_file.h"
#include "binary/symbol_units.h"

namespace stillframe::binary {

struct SplitUnit {
  std::unique_ptr<DwarfFile> file;
  Dwarf_Die die{};  // the unit's own
  RangeBase base;   // how its ranges are meant
};

class SplitUnits {
 public:
  // `path` is what the target names the file with the skeletons; `main` must outlive this.
  SplitUnits(DebugSource& main, std::string path, OpenFile open_file, FileAccess access);

  // The unit that a skeleton stands for. Nothing when `skeleton` is no skeleton, or when its unit is not found. libdw
  // knows no .dwp files, and would look for .dwo files by itself, in our own root and not in the target's.
  std::optional<SplitUnit> find(Dwarf_Die skeleton);

 private:
  struct Skeleton {
    std::string name;       // DW_AT_dwo_name
    std::string directory;  // DW_AT_comp_dir
    std::uint64_t id = 0;
    int version = 0;
    std::uint64_t low_pc = 0;
    std::span<const std::byte> addresses;  // its part of .debug_addr
    std::span<const std::byte> ranges;     // its part of .debug_ranges, before DWARF 5
  };
  [[nodiscard]] std::optional<Skeleton> describe(Dwarf_Die die) const;
  std::unique_ptr<SymbolImage> open_loose(const Skeleton& skeleton) const;
  const SymbolImage* package();
  static std::optional<SplitUnit> link(const SymbolImage& image, std::vector<DwarfPart> parts,
                                       const Skeleton& skeleton);

  DebugSource& main_;
  std::string path_;
  OpenFile open_file_;
  FileAccess access_;
  bool package_sought_ = false;
  std::unique_ptr<SymbolImage> package_;
};

// Where the parts of a packed unit stand in a .dwp file, by its id: DWARF 5 (7.3.5.3) and the GNU version before it.
// Empty when it is not there.
std::vector<DwarfPart> packed_parts(const SymbolImage& package, std::uint64_t id);

}  // namespace stillframe::binary
