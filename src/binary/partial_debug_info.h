// The debug information of a few compilation units of a file, without touching the rest. libpython brings 15 to 30 MB
// of it; three facts about structures must not cost reading all that.
#pragma once

#include <elfutils/libdw.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace stillframe::binary {

class PartialDebugInfo {
 public:
  // Loads the compilation units whose source file's name ends with one of `names` ("Python/pystate.c"), in the order in
  // which they stand in the file. Nothing when the file has no debug information of its own, keeps it compressed, or is
  // no little-endian 64-bit ELF file, and when what would have to be read is more than a few megabytes.
  //
  // What is read is copied, not mapped: a file that is cut or changed meanwhile can do no harm. `fd` is not needed
  // afterwards; its position is left alone.
  static std::optional<PartialDebugInfo> open(int fd, std::span<const std::string_view> names);

  // The units' own DIEs. They live as long as this object. References from one unit
  // into another (DW_FORM_ref_addr) must not be followed: the units do not stand where they stood.
  [[nodiscard]] std::span<Dwarf_Die> units() { return units_; }

 private:
  friend class PartialDebugInfoReader;

  struct Unmap {
    std::size_t size;
    void operator()(std::byte* image) const;
  };
  struct Close {
    void operator()(Elf* elf) const { elf_end(elf); }
    void operator()(Dwarf* dwarf) const { dwarf_end(dwarf); }
  };

  std::unique_ptr<std::byte, Unmap> image_;  // as large as the file, but only what was loaded takes memory
  std::unique_ptr<Elf, Close> elf_;
  std::unique_ptr<Dwarf, Close> dwarf_;
  std::vector<Dwarf_Die> units_;
};

}  // namespace stillframe::binary
