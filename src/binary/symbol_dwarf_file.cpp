#include "binary/symbol_dwarf_file.h"

#include <gelf.h>
#include <libdeflate.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <limits>

#include "binary/rounding.h"

namespace stillframe::binary {
namespace {

constexpr std::uint32_t zstd_compression = 2;  // ELFCOMPRESS_ZSTD; the glibc of Debian 12 does not name it

// What names and lines need. Locations of variables, pub names and indexes of debuggers stay where they are.
constexpr std::array<std::string_view, 12> wanted_sections{
    ".debug_info", ".debug_abbrev",   ".debug_str",    ".debug_line_str", ".debug_str_offsets", ".debug_line",
    ".debug_addr", ".debug_rnglists", ".debug_ranges", ".debug_aranges",  ".debug_macro",       ".debug_types"};

// In an old packed section: "ZLIB", and the size in big-endian byte order.
constexpr std::string_view old_magic = "ZLIB";
constexpr std::size_t old_header = 12;

bool has_old_header(std::span<const std::byte> section) {
  return section.size() >= old_header && std::memcmp(section.data(), old_magic.data(), old_magic.size()) == 0;
}

}  // namespace

std::uint64_t unpacked_size(std::span<const std::byte> section) {
  std::uint64_t size = 0;
  if (has_old_header(section)) {
    for (std::size_t i = old_magic.size(); i < old_header; ++i) {
      size = (size << 8U) | std::to_integer<std::uint64_t>(section[i]);
    }
  } else if (const auto header = value_at<Elf64_Chdr>(section, 0)) {
    size = header->ch_type == ELFCOMPRESS_ZLIB || header->ch_type == zstd_compression ? header->ch_size : 0;
  }
  return size <= most_unpacked ? size : 0;
}

std::span<const std::byte> zlib_stream_of(std::span<const std::byte> section) {
  if (has_old_header(section)) {
    return section.subspan(old_header);
  }
  const auto header = value_at<Elf64_Chdr>(section, 0);
  return header && header->ch_type == ELFCOMPRESS_ZLIB ? section.subspan(sizeof(Elf64_Chdr))
                                                       : std::span<const std::byte>();
}

bool unpack_section(std::span<const std::byte> section, std::span<std::byte> into) {
  const auto packed = zlib_stream_of(section);
  const auto header = value_at<Elf64_Chdr>(section, 0);
  if (packed.empty() && header && header->ch_type == zstd_compression) {
    const auto frame = section.subspan(sizeof(Elf64_Chdr));
    return ZSTD_decompress(into.data(), into.size(), frame.data(), frame.size()) == into.size();
  }
  // Two thirds of the time of a still go into this where the C library's debug file is compressed: libdeflate does it
  // in less than half of zlib's. Without a place for the size it takes nothing but the exact one.
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> inflater(
      libdeflate_alloc_decompressor(), &libdeflate_free_decompressor);
  return inflater && libdeflate_zlib_decompress(inflater.get(), packed.data(), packed.size(), into.data(), into.size(),
                                                nullptr) == LIBDEFLATE_SUCCESS;
}

std::vector<std::byte> section_bytes(const SymbolImage& image, std::string_view name, std::uint64_t limit) {
  const ImageSection* const section = image.section(name);
  const auto content = section == nullptr ? std::span<const std::byte>() : image.content(*section);
  const bool packed = section != nullptr && (section->flags & SHF_COMPRESSED) != 0;
  const std::uint64_t size = packed ? unpacked_size(content) : content.size();
  if (size > limit) {
    return {};
  }
  std::vector<std::byte> bytes(size);
  if (!packed) {
    std::ranges::copy(content, bytes.begin());
  } else if (!unpack_section(content, bytes)) {
    return {};
  }
  return bytes;
}

std::vector<DwarfPart> dwarf_parts(const SymbolImage& image) {
  std::vector<DwarfPart> parts;
  for (const ImageSection& section : image.sections()) {
    const bool old = section.name.starts_with(".zdebug_");
    const std::string name = old ? "." + std::string(section.name.substr(2)) : std::string(section.name);
    if (section.in_file && std::ranges::find(wanted_sections, name) != wanted_sections.end() &&
        std::ranges::find(parts, name, &DwarfPart::name) == parts.end()) {
      parts.push_back({.name = name,
                       .offset = section.offset,
                       .size = section.size,
                       .compressed = old || (section.flags & SHF_COMPRESSED) != 0});
    }
  }
  return parts;
}

std::unique_ptr<DwarfFile> DwarfFile::open(const SymbolImage& image) {
  return of_parts(image, dwarf_parts(image));
}

std::unique_ptr<DwarfFile> DwarfFile::open_unit(const SymbolImage& image, std::uint64_t offset, std::uint64_t size) {
  std::vector<DwarfPart> parts = dwarf_parts(image);
  for (DwarfPart& part : parts) {
    if (part.name == ".debug_info") {
      if (offset > part.size || size > part.size - offset) {
        return nullptr;
      }
      part.offset += offset;
      part.size = size;
    }
  }
  return of_parts(image, std::move(parts));
}

std::unique_ptr<DwarfFile> DwarfFile::of_parts(const SymbolImage& image, std::vector<DwarfPart> parts) {
  if (std::ranges::none_of(parts, [](const DwarfPart& part) { return part.name.starts_with(".debug_info"); })) {
    return nullptr;
  }
  auto file = std::make_unique<DwarfFile>();
  if (!file->place(image, parts)) {
    return nullptr;
  }
  return file->show() ? std::move(file) : nullptr;
}

std::unique_ptr<DwarfFile> DwarfFile::in_place(const Elf64_Ehdr& like, std::span<std::byte> bytes,
                                               std::vector<DwarfPart> parts, std::uint64_t room) {
  auto file = std::make_unique<DwarfFile>();
  file->bytes_ = bytes;
  for (DwarfPart& part : parts) {
    file->placed_.push_back({.name = std::move(part.name), .offset = part.offset, .size = part.size});
  }
  std::memcpy(bytes.data(), &like, sizeof like);
  return file->write_tables(sizeof like, room) && file->show() ? std::move(file) : nullptr;
}

bool DwarfFile::show() {
  elf_version(EV_CURRENT);
  elf_.reset(elf_memory(reinterpret_cast<char*>(bytes_.data()), bytes_.size()));
  dwarf_.reset(elf_ == nullptr ? nullptr : dwarf_begin_elf(elf_.get(), DWARF_C_READ, nullptr));
  return dwarf_ != nullptr;
}

// Puts what is not yet in the image, or packed in it, into the room behind it, and a table of sections after that.
bool DwarfFile::place(const SymbolImage& image, const std::vector<DwarfPart>& parts) {
  std::uint64_t unpacked = 0;
  std::uint64_t room = 0;
  for (const DwarfPart& part : parts) {
    if (part.offset > image.bytes().size() || part.size > image.bytes().size() - part.offset) {
      return false;
    }
    const std::uint64_t size =
        part.compressed ? unpacked_size(image.bytes().subspan(part.offset, part.size)) : part.foreign.size();
    unpacked += part.compressed ? size : 0;
    room += round_up(size, 16) + sizeof(Elf64_Shdr) + part.name.size() + 1;
  }
  if (unpacked > most_unpacked) {
    return false;
  }
  std::uint64_t at = 0;
  region_ = image.editable(room + 256, at);
  if (region_.empty()) {
    return false;
  }
  bytes_ = region_.writable();
  for (const DwarfPart& part : parts) {
    Placed placed{.name = part.name, .offset = part.offset, .size = part.size};
    if (part.compressed || !part.foreign.empty()) {
      const auto packed = image.bytes().subspan(part.offset, part.size);
      placed.offset = at;
      placed.size = part.compressed ? unpacked_size(packed) : part.foreign.size();
      const auto into = bytes_.subspan(placed.offset, placed.size);
      at += round_up(placed.size, 16);
      if (part.compressed && (into.empty() || !unpack_section(packed, into))) {
        continue;
      }
      if (!part.compressed) {
        std::memcpy(into.data(), part.foreign.data(), into.size());
      }
    }
    placed_.push_back(std::move(placed));
  }
  return write_tables(at, bytes_.size());
}

// Writes the names and the table of the sections to `at`, before `end`, and points the header in front to them.
bool DwarfFile::write_tables(std::uint64_t at, std::uint64_t end) {
  std::string names(1, '\0');
  std::vector<Elf64_Shdr> table(1);
  const auto describe = [&](const std::string& name, std::uint32_t type, std::uint64_t offset, std::uint64_t size) {
    Elf64_Shdr section{};
    section.sh_name = static_cast<Elf64_Word>(names.size());
    section.sh_type = type;
    section.sh_offset = offset;
    section.sh_size = size;
    section.sh_addralign = 1;
    table.push_back(section);
    names += name + '\0';
  };
  for (const Placed& placed : placed_) {
    describe(placed.name, SHT_PROGBITS, placed.offset, placed.size);
  }
  describe(".shstrtab", SHT_STRTAB, at, 0);
  table.back().sh_size = names.size();
  const std::uint64_t table_at = round_up(at + names.size(), 16);
  if (table_at + table.size() * sizeof(Elf64_Shdr) > end) {
    return false;
  }
  std::memcpy(bytes_.data() + at, names.data(), names.size());
  at = table_at;
  std::memcpy(bytes_.data() + at, table.data(), table.size() * sizeof(Elf64_Shdr));
  Elf64_Ehdr header{};
  std::memcpy(&header, bytes_.data(), sizeof header);
  header.e_version = EV_CURRENT;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_ehsize = sizeof header;
  header.e_phoff = 0;
  header.e_phnum = 0;
  header.e_shoff = at;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = static_cast<Elf64_Half>(table.size());
  header.e_shstrndx = static_cast<Elf64_Half>(table.size() - 1);
  std::memcpy(bytes_.data(), &header, sizeof header);
  return true;
}

std::span<const std::byte> DwarfFile::section(std::string_view name) const {
  const auto found = std::ranges::find(placed_, name, &Placed::name);
  return found == placed_.end() ? std::span<const std::byte>()
                                : std::span<const std::byte>(bytes_).subspan(found->offset, found->size);
}

void DwarfFile::set_shared(std::unique_ptr<DwarfFile> shared) {
  shared_ = std::move(shared);
  dwarf_setalt(dwarf_.get(), shared_->dwarf());
}

}  // namespace stillframe::binary
