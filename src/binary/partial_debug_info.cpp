#include "binary/partial_debug_info.h"

#include <elf.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace stillframe::binary {

namespace {

constexpr std::uint64_t kMaxFile = std::uint64_t{8} << 30U;
constexpr std::uint64_t kMaxSections = 4096;
constexpr std::uint64_t kMaxUnits = 4096;
// What may be loaded in all: 2 MB are needed of the libpython of 3.13.
constexpr std::uint64_t kMaxLoaded = std::uint64_t{16} << 20U;
// A unit's header and its first DIE, whose strings are kept elsewhere.
constexpr std::uint64_t kUnitHead = 256;

bool ends_with_path(std::string_view whole, std::string_view tail) {
  return whole.ends_with(tail) && (whole.size() == tail.size() || whole[whole.size() - tail.size() - 1] == '/');
}

}  // namespace

void PartialDebugInfo::Unmap::operator()(std::byte* image) const { munmap(image, size); }

// Fills the image: headers, the sections of names and abbreviations, the head of each unit, the wanted units.
class PartialDebugInfoReader {
 public:
  explicit PartialDebugInfoReader(int fd) : fd_(fd) {}

  std::optional<PartialDebugInfo> read(std::span<const std::string_view> names) {
    if (!map() || !load_headers() || !load_sections() || !load_unit_heads()) {
      return std::nullopt;
    }
    elf_version(EV_CURRENT);
    info_.elf_.reset(elf_memory(reinterpret_cast<char*>(info_.image_.get()), size_));
    info_.dwarf_.reset(info_.elf_ ? dwarf_begin_elf(info_.elf_.get(), DWARF_C_READ, nullptr) : nullptr);
    if (info_.dwarf_ == nullptr) {
      return std::nullopt;
    }
    load_units(names);
    return std::move(info_);
  }

 private:
  struct Unit {
    std::uint64_t offset = 0;  // in .debug_info
    std::uint64_t size = 0;
  };

  bool map() {
    struct stat status {};
    if (fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode)) {
      return false;
    }
    size_ = static_cast<std::uint64_t>(status.st_size);
    if (size_ < sizeof(Elf64_Ehdr) || size_ > kMaxFile) {
      return false;
    }
    void* image = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (image == MAP_FAILED) {
      return false;
    }
    info_.image_ = {static_cast<std::byte*>(image), PartialDebugInfo::Unmap{size_}};
    return true;
  }

  // Copies a part of the file to where it belongs in the image.
  bool load(std::uint64_t offset, std::uint64_t size) {
    if (offset > size_ || size > size_ - offset || size > kMaxLoaded - loaded_) {
      return false;
    }
    loaded_ += size;
    while (size > 0) {
      const ssize_t got = pread(fd_, info_.image_.get() + offset, size, static_cast<off_t>(offset));
      if (got <= 0) {
        return false;
      }
      offset += static_cast<std::uint64_t>(got);
      size -= static_cast<std::uint64_t>(got);
    }
    return true;
  }

  template <typename T>
  [[nodiscard]] T at(std::uint64_t offset) const {
    T value;
    std::memcpy(&value, info_.image_.get() + offset, sizeof value);
    return value;
  }

  bool load_headers() {
    if (!load(0, sizeof(Elf64_Ehdr))) {
      return false;
    }
    header_ = at<Elf64_Ehdr>(0);
    return std::memcmp(header_.e_ident, ELFMAG, SELFMAG) == 0 && header_.e_ident[EI_CLASS] == ELFCLASS64 &&
           header_.e_ident[EI_DATA] == ELFDATA2LSB && header_.e_shentsize == sizeof(Elf64_Shdr) &&
           header_.e_shnum != 0 && header_.e_shnum <= kMaxSections && header_.e_shstrndx < header_.e_shnum &&
           load(header_.e_shoff, std::uint64_t{header_.e_shnum} * sizeof(Elf64_Shdr)) && load_section(names_header());
  }

  [[nodiscard]] Elf64_Shdr section_header(std::uint64_t index) const {
    return at<Elf64_Shdr>(header_.e_shoff + index * sizeof(Elf64_Shdr));
  }
  [[nodiscard]] Elf64_Shdr names_header() const { return section_header(header_.e_shstrndx); }
  bool load_section(const Elf64_Shdr& section) {
    return section.sh_type == SHT_NOBITS || load(section.sh_offset, section.sh_size);
  }

  [[nodiscard]] std::string_view section_name(const Elf64_Shdr& section) const {
    const Elf64_Shdr names = names_header();
    if (names.sh_type == SHT_NOBITS || section.sh_name >= names.sh_size) {
      return {};
    }
    const auto* begin = reinterpret_cast<const char*>(info_.image_.get()) + names.sh_offset;
    const std::string_view all(begin, names.sh_size);
    const std::string_view tail = all.substr(section.sh_name);
    return tail.substr(0, tail.find('\0'));
  }

  // Every section that is not needed is struck out of the image's table, so that libdw looks at none of them.
  bool load_sections() {
    constexpr std::array<std::string_view, 4> kWhole{".debug_abbrev", ".debug_str", ".debug_line_str",
                                                     ".debug_str_offsets"};
    for (std::uint64_t i = 1; i < header_.e_shnum; ++i) {
      Elf64_Shdr section = section_header(i);
      const std::string_view name = section_name(section);
      const bool is_info = name == ".debug_info" && debug_info_.sh_size == 0;
      const bool is_whole = std::ranges::find(kWhole, name) != kWhole.end();
      if (is_info || is_whole) {
        const bool usable = section.sh_type == SHT_PROGBITS && (section.sh_flags & SHF_COMPRESSED) == 0 &&
                            section.sh_offset <= size_ && section.sh_size <= size_ - section.sh_offset;
        if (!usable || (is_whole && !load_section(section))) {
          return false;
        }
      }
      if (is_info) {
        debug_info_ = section;
      } else if (!is_whole && i != header_.e_shstrndx) {
        section.sh_type = SHT_NULL;
        std::memcpy(info_.image_.get() + header_.e_shoff + i * sizeof section, &section, sizeof section);
      }
    }
    return debug_info_.sh_size != 0;
  }

  // Units stand one after another, each with its length in front (DWARF 5, 7.5.1).
  bool load_unit_heads() {
    constexpr std::uint32_t kLong = 0xffffffff;  // a 64-bit length follows
    for (std::uint64_t next = 0; next + kUnitHead < debug_info_.sh_size;) {
      const std::uint64_t place = debug_info_.sh_offset + next;
      if (units_.size() == kMaxUnits || !load(place, kUnitHead)) {
        return false;
      }
      const auto length = at<std::uint32_t>(place);
      const std::uint64_t size = length == kLong ? at<std::uint64_t>(place + 4) : length;
      const std::uint64_t head = length == kLong ? 12 : 4;
      if (size == 0 || size > debug_info_.sh_size - next - head) {
        break;
      }
      units_.push_back({.offset = next, .size = size + head});
      next += size + head;
    }
    return !units_.empty();
  }

  void load_units(std::span<const std::string_view> names) {
    for (const Unit& unit : units_) {
      if (info_.units_.size() == names.size()) {
        return;
      }
      Dwarf_Off next = 0;
      std::size_t head = 0;
      Dwarf_Die die;
      if (dwarf_nextcu(info_.dwarf_.get(), unit.offset, &next, &head, nullptr, nullptr, nullptr) != 0 ||
          dwarf_offdie(info_.dwarf_.get(), unit.offset + head, &die) == nullptr) {
        continue;
      }
      const char* source = dwarf_diename(&die);
      const bool wanted = source != nullptr && std::ranges::any_of(names, [source](std::string_view name) {
                            return ends_with_path(source, name);
                          });
      if (wanted && load(debug_info_.sh_offset + unit.offset, unit.size)) {
        info_.units_.push_back(die);
      }
    }
  }

  int fd_;
  std::uint64_t size_ = 0;
  std::uint64_t loaded_ = 0;
  Elf64_Ehdr header_{};
  Elf64_Shdr debug_info_{};
  std::vector<Unit> units_;
  PartialDebugInfo info_;
};

std::optional<PartialDebugInfo> PartialDebugInfo::open(int fd, std::span<const std::string_view> names) {
  return PartialDebugInfoReader(fd).read(names);
}

}  // namespace stillframe::binary
