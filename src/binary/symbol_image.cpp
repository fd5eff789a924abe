#include "binary/symbol_image.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "binary/rounding.h"

namespace stillframe::binary {
namespace {

constexpr std::uint64_t largest_file = std::uint64_t{64} << 30U;
constexpr std::uint64_t largest_copy = std::uint64_t{1} << 30U;
constexpr std::uint64_t most_sections = 65536;
constexpr std::uint64_t most_segments = 4096;
constexpr std::uint64_t longest_build_id = 64;

std::string hex(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes) {
    text += fmt::format("{:02x}", static_cast<unsigned>(byte));
  }
  return text;
}

// The GNU build-id among the notes, empty where there is none.
std::string build_id_of_notes(std::span<const std::byte> notes) {
  std::uint64_t at = 0;
  while (const auto note = value_at<Elf64_Nhdr>(notes, at)) {
    const std::uint64_t name = at + sizeof *note;
    const std::uint64_t description = name + round_up(note->n_namesz, 4);
    const std::uint64_t next = description + round_up(note->n_descsz, 4);
    if (description + note->n_descsz > notes.size()) {
      break;
    }
    if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && note->n_descsz <= longest_build_id &&
        std::memcmp(notes.data() + name, "GNU", 4) == 0) {
      return hex(notes.subspan(description, note->n_descsz));
    }
    at = next;
  }
  return {};
}

}  // namespace

SymbolImage::CloseFile::~CloseFile() {
  if (fd >= 0) {
    close(fd);
  }
}

std::unique_ptr<SymbolImage> SymbolImage::open(int fd, FileAccess access) {
  struct stat status{};
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
    return nullptr;
  }
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size < sizeof(Elf64_Ehdr) || size > (access == FileAccess::mapped ? largest_file : largest_copy)) {
    return nullptr;
  }
  auto image = std::make_unique<SymbolImage>();
  image->access_ = access;
  if (access == FileAccess::copied) {
    image->region_ = MappedRegion::copy_of_file(fd, size);
    return image->parse() ? std::move(image) : nullptr;
  }
  image->region_ = MappedRegion::of_file(fd, size);
  image->file_.fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
  return image->file_.fd >= 0 && image->parse() ? std::move(image) : nullptr;
}

std::unique_ptr<SymbolImage> SymbolImage::copy_of(std::span<const std::byte> bytes) {
  if (bytes.size() < sizeof(Elf64_Ehdr)) {
    return nullptr;
  }
  auto image = std::make_unique<SymbolImage>();
  image->region_ = MappedRegion::of_memory(bytes.size());
  if (image->region_.empty()) {
    return nullptr;
  }
  std::memcpy(image->region_.writable().data(), bytes.data(), bytes.size());
  return image->parse() ? std::move(image) : nullptr;
}

bool SymbolImage::parse() {
  const auto header = value_at<Elf64_Ehdr>(bytes(), 0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_ident[EI_CLASS] != ELFCLASS64 ||
      header->e_ident[EI_DATA] != ELFDATA2LSB) {
    return false;
  }
  header_ = *header;
  parse_sections();
  parse_segments();
  return true;
}

void SymbolImage::parse_sections() {
  const auto first = value_at<Elf64_Shdr>(bytes(), header_.e_shoff);
  if (header_.e_shoff == 0 || header_.e_shentsize != sizeof(Elf64_Shdr) || !first) {
    return;
  }
  // What does not fit into the header's fields stands in the first section (gABI, "Section Header").
  const std::uint64_t count = header_.e_shnum != 0 ? header_.e_shnum : first->sh_size;
  const std::uint64_t names_index = header_.e_shstrndx != SHN_XINDEX ? header_.e_shstrndx : first->sh_link;
  std::vector<std::uint32_t> names;
  for (std::uint64_t i = 0; i < std::min(count, most_sections); ++i) {
    const auto section = value_at<Elf64_Shdr>(bytes(), header_.e_shoff + i * sizeof(Elf64_Shdr));
    if (!section) {
      break;
    }
    const bool in_file =
        section->sh_offset <= bytes().size() && section->sh_size <= bytes().size() - section->sh_offset;
    sections_.push_back({.type = section->sh_type,
                         .flags = section->sh_flags,
                         .address = section->sh_addr,
                         .offset = section->sh_offset,
                         .size = section->sh_size,
                         .link = section->sh_link,
                         .in_file = in_file && section->sh_type != SHT_NOBITS && section->sh_type != SHT_NULL});
    names.push_back(section->sh_name);
  }
  if (names_index < sections_.size()) {
    const auto texts = content(sections_[names_index]);
    for (std::size_t i = 0; i < sections_.size(); ++i) {
      sections_[i].name = text_at(texts, names[i]);
    }
  }
}

void SymbolImage::parse_segments() {
  if (header_.e_phentsize != sizeof(Elf64_Phdr)) {
    return;
  }
  for (std::uint64_t i = 0; i < std::min<std::uint64_t>(header_.e_phnum, most_segments); ++i) {
    const auto segment = value_at<Elf64_Phdr>(bytes(), header_.e_phoff + i * sizeof(Elf64_Phdr));
    if (!segment) {
      break;
    }
    segments_.push_back(*segment);
  }
}

const ImageSection* SymbolImage::section(std::string_view name) const {
  const auto found = std::ranges::find(sections_, name, &ImageSection::name);
  return found == sections_.end() ? nullptr : &*found;
}

std::span<const std::byte> SymbolImage::content(const ImageSection& section) const {
  return section.in_file ? bytes().subspan(section.offset, section.size) : std::span<const std::byte>();
}

std::span<const std::byte> SymbolImage::at_address(std::uint64_t address) const {
  for (const Elf64_Phdr& segment : segments_) {
    const std::uint64_t into = address - segment.p_vaddr;
    if (segment.p_type != PT_LOAD || address < segment.p_vaddr || into >= segment.p_filesz ||
        segment.p_offset > bytes().size() || into > bytes().size() - segment.p_offset) {
      continue;
    }
    const auto rest = bytes().subspan(segment.p_offset + into);
    return rest.first(std::min<std::uint64_t>(rest.size(), segment.p_filesz - into));
  }
  return {};
}

std::string SymbolImage::build_id() const {
  for (const ImageSection& section : sections_) {
    if (section.type == SHT_NOTE) {
      if (std::string id = build_id_of_notes(content(section)); !id.empty()) {
        return id;
      }
    }
  }
  for (const Elf64_Phdr& segment : segments_) {
    if (segment.p_type == PT_NOTE && segment.p_offset <= bytes().size()) {
      const auto rest = bytes().subspan(segment.p_offset);
      if (std::string id = build_id_of_notes(rest.first(std::min<std::uint64_t>(rest.size(), segment.p_filesz)));
          !id.empty()) {
        return id;
      }
    }
  }
  return {};
}

void SymbolImage::forget(const ImageSection& section) const {
  if (file_.fd >= 0 && section.in_file) {
    region_.forget(section.offset, section.size);
  }
}

MappedRegion SymbolImage::editable(std::uint64_t room, std::uint64_t& room_begins) const {
  const std::uint64_t size = bytes().size();
  room_begins = round_up(size, page_size);
  if (file_.fd >= 0) {
    return MappedRegion::of_file_with_room(file_.fd, size, room);
  }
  MappedRegion region = MappedRegion::of_memory(room_begins + room);
  if (!region.empty()) {
    std::memcpy(region.writable().data(), bytes().data(), size);
  }
  return region;
}

std::string_view text_at(std::span<const std::byte> bytes, std::uint64_t offset) {
  if (offset >= bytes.size()) {
    return {};
  }
  const char* const begin = reinterpret_cast<const char*>(bytes.data()) + offset;
  const void* const end = std::memchr(begin, 0, bytes.size() - offset);
  return end == nullptr ? std::string_view()
                        : std::string_view(begin, static_cast<std::size_t>(static_cast<const char*>(end) - begin));
}

}  // namespace stillframe::binary
