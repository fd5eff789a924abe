// The compressed debug sections of a file, unpacked as far as they are asked about: half of the time of a still would
// go into units that stand behind the last one that an address belongs to.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "binary/symbol_dwarf_file.h"
#include "binary/symbol_image.h"

namespace stillframe::binary {

class UnpackedSections {
 public:
  // Nothing where there is no .debug_info, or more than anything sane. `image` must outlive this.
  static std::unique_ptr<UnpackedSections> open(const SymbolImage& image);
  UnpackedSections(const UnpackedSections&) = delete;
  UnpackedSections& operator=(const UnpackedSections&) = delete;
  UnpackedSections(UnpackedSections&&) = delete;
  UnpackedSections& operator=(UnpackedSections&&) = delete;
  ~UnpackedSections();

  // The bytes of a section: all of them, or at least the first `end`. Empty when it is not there or damaged. They live
  // as long as this.
  std::span<const std::byte> section(std::string_view name);
  std::span<const std::byte> beginning(std::string_view name, std::uint64_t end);
  // How large a section is in all.
  [[nodiscard]] std::uint64_t size(std::string_view name) const;

  // libdw's view of one unit, `size` bytes from `offset` of .debug_info on, or of all units. They lie in this object's
  // memory. Nothing when something of it is damaged, and beyond `most_views` of them.
  static constexpr std::size_t most_views = 32;
  std::unique_ptr<DwarfFile> show_unit(std::uint64_t offset, std::uint64_t size);
  std::unique_ptr<DwarfFile> show_all();

 private:
  class Stream;
  struct Section {
    DwarfPart part;
    std::uint64_t at = 0;  // in our memory
    std::uint64_t size = 0;
    std::uint64_t ready = 0;  // so many bytes from its beginning are there
    bool damaged = false;
    std::unique_ptr<Stream> stream;
  };

  explicit UnpackedSections(const SymbolImage& image);
  [[nodiscard]] const Section* find(std::string_view name) const;
  bool make_ready(Section& section, std::uint64_t end);
  void begin_stream(Section& section);
  bool abbreviations_of(std::uint64_t unit);
  std::unique_ptr<DwarfFile> show(std::uint64_t offset, std::uint64_t size);

  const SymbolImage& image_;
  std::vector<Section> sections_;
  MappedRegion region_;  // tables for each view, then the sections
  std::size_t views_ = 0;
};

}  // namespace stillframe::binary
