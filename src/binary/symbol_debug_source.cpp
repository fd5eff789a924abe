#include "binary/symbol_debug_source.h"

#include <algorithm>
#include <utility>

#include "binary/byte_cursor.h"
#include "binary/debug_files.h"

namespace stillframe::binary {
namespace {

// How long a unit is, its length field included; nothing when it does not fit into the `size` bytes of all.
std::optional<std::uint64_t> length_of_unit(std::span<const std::byte> units, std::uint64_t offset,
                                            std::uint64_t size) {
  const auto length = value_at<std::uint32_t>(units, offset);
  if (!length) {
    return std::nullopt;
  }
  const auto whole = *length == long_format ? value_at<std::uint64_t>(units, offset + 4) : *length;
  const std::uint64_t field = *length == long_format ? 12 : 4;
  if (!whole || *whole > size || offset + field > size - *whole) {
    return std::nullopt;
  }
  return *whole + field;
}

// The unit at `offset` of what libdw was shown.
std::optional<Dwarf_Die> unit_die(Dwarf* dwarf, std::uint64_t offset) {
  Dwarf_Off next = 0;
  std::size_t header = 0;
  Dwarf_Die die;
  if (dwarf == nullptr || dwarf_nextcu(dwarf, offset, &next, &header, nullptr, nullptr, nullptr) != 0 ||
      dwarf_offdie(dwarf, offset + header, &die) == nullptr) {
    return std::nullopt;
  }
  return die;
}

bool is_compressed(const ImageSection& section) {
  return section.name.starts_with(".zdebug_") ||
         (section.name.starts_with(".debug_") && (section.flags & SHF_COMPRESSED) != 0);
}

}  // namespace

DebugSource::DebugSource(const SymbolImage& image, std::string path, OpenFile open_file, FetchDebugFile fetch)
    : image_(image), path_(std::move(path)), open_file_(std::move(open_file)), fetch_(std::move(fetch)) {}

std::unique_ptr<DebugSource> DebugSource::open(const SymbolImage& image, std::string path, OpenFile open_file,
                                               FetchDebugFile fetch) {
  const bool any = std::ranges::any_of(image.sections(), [](const ImageSection& section) {
    return section.in_file && section.size != 0 && (section.name == ".debug_info" || section.name == ".zdebug_info");
  });
  if (!any) {
    return nullptr;
  }
  std::unique_ptr<DebugSource> source(new DebugSource(image, std::move(path), std::move(open_file), std::move(fetch)));
  if (std::ranges::any_of(image.sections(), is_compressed)) {
    source->packed_ = UnpackedSections::open(image);
    if (source->packed_ == nullptr) {
      return nullptr;
    }
  }
  source->in_pieces_ = image.section(".gnu_debugaltlink") == nullptr;
  return source->in_pieces_ || source->all() != nullptr ? std::move(source) : nullptr;
}

std::span<const std::byte> DebugSource::section(std::string_view name) {
  if (packed_ != nullptr) {
    return packed_->section(name);
  }
  const ImageSection* const found = image_.section(name);
  return found == nullptr ? std::span<const std::byte>() : image_.content(*found);
}

std::span<const std::byte> DebugSource::through_unit(std::string_view name, std::uint64_t offset) {
  constexpr std::uint64_t longest_length = 12;
  if (packed_ == nullptr) {
    return section(name);
  }
  const auto length = offset < packed_->size(name) ? length_of_unit(packed_->beginning(name, offset + longest_length),
                                                                    offset, packed_->size(name))
                                                   : std::nullopt;
  return length ? packed_->beginning(name, offset + *length) : std::span<const std::byte>();
}

Dwarf* DebugSource::all() {
  if (!std::exchange(all_sought_, true)) {
    open_all();
  }
  return all_ == nullptr ? nullptr : all_->dwarf();
}

void DebugSource::open_all() {
  all_ = packed_ != nullptr ? packed_->show_all() : DwarfFile::open(image_);
  if (all_ == nullptr) {
    return;
  }
  if (const auto shared = find_shared_debug_file(image_, path_, open_file_, fetch_)) {
    if (auto file = DwarfFile::open(*shared)) {
      all_->set_shared(std::move(file));
    }
  }
}

std::optional<DebugSource::Unit> DebugSource::unit(std::uint64_t offset, bool alone) {
  const auto units = through_unit(".debug_info", offset);
  const auto length = in_pieces_ && alone ? length_of_unit(units, offset, units.size()) : std::nullopt;
  if (length) {
    Unit unit{.file = packed_ != nullptr ? packed_->show_unit(offset, *length)
                                         : DwarfFile::open_unit(image_, offset, *length)};
    const auto die = unit.file == nullptr ? std::nullopt : unit_die(unit.file->dwarf(), 0);
    if (die) {
      unit.die = *die;
      return unit;
    }
  }
  const auto die = unit_die(all(), offset);
  return die ? std::optional(Unit{.file = nullptr, .die = *die}) : std::nullopt;
}

}  // namespace stillframe::binary
