#include "binary/symbol_split.h"

#include <dwarf.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "binary/debug_files.h"

namespace stillframe::binary {
namespace {

constexpr std::size_t address_size = 8;
constexpr std::uint64_t most_copied = std::uint64_t{16} << 20U;
// In front of the ranges, so that no list begins at offset 0, which means something else to dwarf_ranges.
constexpr std::size_t ranges_padding = 16;

// What a unit's names need; of the packed ones by the numbers of the index.
enum class Packed : std::uint8_t { info = 1, abbreviations = 3, string_offsets = 6, ranges = 8 };
constexpr std::array<std::pair<Packed, std::string_view>, 4> packed_sections{{
    {Packed::info, ".debug_info.dwo"},
    {Packed::abbreviations, ".debug_abbrev.dwo"},
    {Packed::string_offsets, ".debug_str_offsets.dwo"},
    {Packed::ranges, ".debug_rnglists.dwo"},
}};
constexpr std::array<std::string_view, 7> loose_sections{
    ".debug_info.dwo",     ".debug_abbrev.dwo", ".debug_str.dwo", ".debug_str_offsets.dwo",
    ".debug_rnglists.dwo", ".debug_types.dwo",  ".debug_line.dwo"};

std::optional<Dwarf_Word> number(Dwarf_Die& die, unsigned int first, unsigned int second) {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  if ((dwarf_attr(&die, first, &attribute) == nullptr && dwarf_attr(&die, second, &attribute) == nullptr) ||
      dwarf_formudata(&attribute, &value) != 0) {
    return std::nullopt;
  }
  return value;
}

std::string text(Dwarf_Die& die, unsigned int first, unsigned int second) {
  Dwarf_Attribute attribute;
  if (dwarf_attr(&die, first, &attribute) == nullptr && dwarf_attr(&die, second, &attribute) == nullptr) {
    return {};
  }
  const char* const found = dwarf_formstring(&attribute);
  return found == nullptr ? std::string() : std::string(found);
}

std::uint64_t id_of(Dwarf_Die& die) {
  std::uint64_t id = 0;
  Dwarf_Half version = 0;
  std::uint8_t type = 0;
  // Without asking for the sub-DIE, which would make libdw look for the split file.
  if (dwarf_cu_info(die.cu, &version, &type, nullptr, nullptr, &id, nullptr, nullptr) == 0 && version >= 5) {
    return id;
  }
  return number(die, DW_AT_GNU_dwo_id, DW_AT_GNU_dwo_id).value_or(0);
}

std::span<const std::byte> tail(std::span<const std::byte> bytes, std::uint64_t begin, std::uint64_t size) {
  const auto rest = bytes.subspan(std::min<std::uint64_t>(begin, bytes.size()));
  return rest.first(std::min<std::uint64_t>({rest.size(), size, most_copied}));
}

std::vector<DwarfPart> loose_parts(const SymbolImage& image) {
  std::vector<DwarfPart> parts;
  for (const std::string_view name : loose_sections) {
    const ImageSection* const section = image.section(name);
    if (section != nullptr && section->in_file) {
      parts.push_back({.name = std::string(name),
                       .offset = section->offset,
                       .size = section->size,
                       .compressed = (section->flags & SHF_COMPRESSED) != 0});
    }
  }
  return parts;
}

}  // namespace

SplitUnits::SplitUnits(DebugSource& main, std::string path, OpenFile open_file, FileAccess access)
    : main_(main), path_(std::move(path)), open_file_(std::move(open_file)), access_(access) {}

std::optional<SplitUnits::Skeleton> SplitUnits::describe(Dwarf_Die die) const {
  Skeleton skeleton{.name = text(die, DW_AT_dwo_name, DW_AT_GNU_dwo_name),
                    .directory = text(die, DW_AT_comp_dir, DW_AT_comp_dir),
                    .id = id_of(die)};
  Dwarf_Half version = 0;
  if (skeleton.name.empty() ||
      dwarf_cu_info(die.cu, &version, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr) != 0) {
    return std::nullopt;
  }
  skeleton.version = version;
  Dwarf_Addr low = 0;
  skeleton.low_pc = dwarf_lowpc(&die, &low) == 0 ? low : 0;
  const auto addresses = main_.section(".debug_addr");
  if (const auto base = number(die, DW_AT_addr_base, DW_AT_GNU_addr_base)) {
    // In DWARF 5 the base points behind a header: length, version, two sizes.
    const auto length =
        version >= 5 && *base >= address_size ? value_at<std::uint32_t>(addresses, *base - 8) : std::nullopt;
    skeleton.addresses = tail(addresses, *base, length && *length >= 4 ? *length - 4 : most_copied);
  }
  if (version < 5) {
    skeleton.ranges = tail(main_.section(".debug_ranges"),
                           number(die, DW_AT_GNU_ranges_base, DW_AT_GNU_ranges_base).value_or(0), most_copied);
  }
  return skeleton;
}

std::optional<SplitUnit> SplitUnits::find(Dwarf_Die skeleton) {
  const auto known = open_file_ ? describe(skeleton) : std::nullopt;
  if (!known) {
    return std::nullopt;
  }
  if (const auto loose = open_loose(*known)) {
    if (auto unit = link(*loose, loose_parts(*loose), *known)) {
      return unit;
    }
  }
  const SymbolImage* const packed = package();
  return packed == nullptr ? std::nullopt : link(*packed, packed_parts(*packed, known->id), *known);
}

// Where the compiler put it, else beside the file: a build that was moved.
std::unique_ptr<SymbolImage> SplitUnits::open_loose(const Skeleton& skeleton) const {
  const std::string beside = directory_of(path_);
  const std::string last = skeleton.name.substr(skeleton.name.rfind('/') + 1);
  const bool absolute = skeleton.name.starts_with('/');
  const std::array<std::string, 3> places{absolute ? skeleton.name : skeleton.directory + "/" + skeleton.name,
                                          absolute ? std::string() : beside + skeleton.name, beside + last};
  for (const std::string& place : places) {
    const int fd = place.starts_with('/') ? open_file_(place) : -1;
    if (fd >= 0) {
      auto image = SymbolImage::open(fd, access_);
      close(fd);
      if (image != nullptr) {
        return image;
      }
    }
  }
  return nullptr;
}

const SymbolImage* SplitUnits::package() {
  if (!std::exchange(package_sought_, true)) {
    const int fd = open_file_(path_ + ".dwp");
    if (fd >= 0) {
      package_ = SymbolImage::open(fd, access_);
      close(fd);
    }
  }
  return package_.get();
}

// Shows libdw a file that holds the unit's parts, and what they need of the file with the skeleton.
std::optional<SplitUnit> SplitUnits::link(const SymbolImage& image, std::vector<DwarfPart> parts,
                                          const Skeleton& skeleton) {
  std::vector<std::byte> ranges;
  if (!skeleton.addresses.empty()) {
    parts.push_back({.name = ".debug_addr.dwo", .foreign = skeleton.addresses});
  }
  if (!skeleton.ranges.empty()) {
    ranges.resize(ranges_padding);
    ranges.insert(ranges.end(), skeleton.ranges.begin(), skeleton.ranges.end());
    parts.push_back({.name = ".debug_ranges.dwo", .foreign = ranges});
  }
  SplitUnit unit{.file = DwarfFile::of_parts(image, std::move(parts))};
  if (unit.file == nullptr) {
    return std::nullopt;
  }
  Dwarf_Off next = 0;
  std::size_t header = 0;
  for (Dwarf_Off at = 0;
       dwarf_nextcu(unit.file->dwarf(), at, &next, &header, nullptr, nullptr, nullptr) == 0 && next > at; at = next) {
    if (dwarf_offdie(unit.file->dwarf(), at + header, &unit.die) != nullptr &&
        dwarf_tag(&unit.die) == DW_TAG_compile_unit && id_of(unit.die) == skeleton.id) {
      unit.base = {.split = true,
                   .address = skeleton.low_pc,
                   .padding = skeleton.version < 5 ? ranges_padding : 0,
                   .lists = unit.file->section(".debug_rnglists.dwo")};
      return unit;
    }
  }
  return std::nullopt;
}

std::vector<DwarfPart> packed_parts(const SymbolImage& package, std::uint64_t id) {
  constexpr std::uint64_t header_size = 16;
  constexpr std::uint32_t most_columns = 16;
  const ImageSection* const section = package.section(".debug_cu_index");
  if (section == nullptr) {
    return {};
  }
  const auto index = package.content(*section);
  const auto version = value_at<std::uint16_t>(index, 0);
  const std::uint64_t columns = value_at<std::uint32_t>(index, 4).value_or(0);
  const std::uint64_t rows = value_at<std::uint32_t>(index, 8).value_or(0);
  const std::uint64_t slots = value_at<std::uint32_t>(index, 12).value_or(0);
  if ((version != 2 && version != 5) || columns == 0 || columns > most_columns || slots == 0) {
    return {};
  }
  // A hash table of ids, as long a one of numbers of rows, a row of section numbers, then rows of offsets and of sizes.
  std::uint64_t row = 0;
  for (std::uint64_t slot = 0; slot < slots && row == 0; ++slot) {
    const auto found = value_at<std::uint64_t>(index, header_size + slot * 8);
    if (!found) {
      return {};
    }
    row = *found == id ? value_at<std::uint32_t>(index, header_size + slots * 8 + slot * 4).value_or(0) : 0;
  }
  if (row == 0 || row > rows) {
    return {};
  }
  const std::uint64_t names = header_size + slots * 12;
  std::vector<DwarfPart> parts;
  for (std::uint64_t column = 0; column < columns; ++column) {
    const auto number = value_at<std::uint32_t>(index, names + column * 4);
    const auto offset = value_at<std::uint32_t>(index, names + (row * columns + column) * 4);
    const auto size = value_at<std::uint32_t>(index, names + ((rows + row) * columns + column) * 4);
    const auto known = std::ranges::find_if(packed_sections, [&](const auto& one) {
      return number && std::to_underlying(one.first) == *number && (version == 5 || one.first != Packed::ranges);
    });
    const ImageSection* const whole = known == packed_sections.end() ? nullptr : package.section(known->second);
    if (whole == nullptr) {
      continue;
    }
    // A packed section that is compressed as a whole is not read: there is no part of it to show.
    if (!offset || !size || !whole->in_file || (whole->flags & SHF_COMPRESSED) != 0 || *offset > whole->size ||
        *size > whole->size - *offset) {
      return {};
    }
    parts.push_back({.name = std::string(known->second), .offset = whole->offset + *offset, .size = *size});
  }
  const ImageSection* const strings = package.section(".debug_str.dwo");
  if (strings != nullptr && strings->in_file) {
    parts.push_back({.name = ".debug_str.dwo",
                     .offset = strings->offset,
                     .size = strings->size,
                     .compressed = (strings->flags & SHF_COMPRESSED) != 0});
  }
  return parts;
}

}  // namespace stillframe::binary
