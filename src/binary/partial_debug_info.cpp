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
// A unit's header and its first DIE, whose strings are mostly kept elsewhere.
constexpr std::uint64_t kUnitHead = 256;
// Heads that mention a wanted name by chance are few.
constexpr int kMaxLikely = 8;
// The longest header of a unit up to the offset of its abbreviations, both inclusive.
constexpr std::uint64_t kShortHeader = 24;

bool ends_with_path(std::string_view whole, std::string_view tail) {
  return whole.ends_with(tail) && (whole.size() == tail.size() || whole[whole.size() - tail.size() - 1] == '/');
}

}  // namespace

void PartialDebugInfo::Unmap::operator()(std::byte* image) const {
  munmap(image, size);
}

// Fills the image: headers, the sections of strings, the wanted units and their abbreviations.
class PartialDebugInfoReader {
 public:
  explicit PartialDebugInfoReader(int fd) : fd_(fd) {}

  std::optional<PartialDebugInfo> read(std::span<const std::string_view> names) {
    if (!map() || !load_headers() || !load_sections() || !find_units(names) || !pack_units()) {
      return std::nullopt;
    }
    elf_version(EV_CURRENT);
    info_.elf_.reset(elf_memory(reinterpret_cast<char*>(info_.image_.get()), size_));
    info_.dwarf_.reset(info_.elf_ ? dwarf_begin_elf(info_.elf_.get(), DWARF_C_READ, nullptr) : nullptr);
    if (info_.dwarf_ == nullptr) {
      return std::nullopt;
    }
    choose_units(names);
    return std::move(info_);
  }

 private:
  struct Unit {
    std::uint64_t offset = 0;         // in .debug_info
    std::uint64_t size = 0;           // with its length field
    std::uint64_t abbreviations = 0;  // where its own begin in .debug_abbrev
    bool likely = false;              // its head mentions a wanted name
  };

  bool map() {
    struct stat status{};
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
  bool load(std::uint64_t offset, std::uint64_t size) { return load(offset, size, offset); }

  bool load(std::uint64_t offset, std::uint64_t size, std::uint64_t into) {
    if (offset > size_ || size > size_ - offset || into > offset || size > kMaxLoaded - loaded_) {
      return false;
    }
    loaded_ += size;
    while (size > 0) {
      const ssize_t got = pread(fd_, info_.image_.get() + into, size, static_cast<off_t>(offset));
      if (got <= 0) {
        return false;
      }
      offset += static_cast<std::uint64_t>(got);
      into += static_cast<std::uint64_t>(got);
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
    const bool sound = std::memcmp(header_.e_ident, ELFMAG, SELFMAG) == 0 && header_.e_ident[EI_CLASS] == ELFCLASS64 &&
                       header_.e_ident[EI_DATA] == ELFDATA2LSB && header_.e_shentsize == sizeof(Elf64_Shdr) &&
                       header_.e_shnum != 0 && header_.e_shnum <= kMaxSections && header_.e_shstrndx < header_.e_shnum;
    if (!sound || !load(header_.e_shoff, std::uint64_t{header_.e_shnum} * sizeof(Elf64_Shdr))) {
      return false;
    }
    names_ = section_header(header_.e_shstrndx);
    return names_.sh_type != SHT_NOBITS && load_section(names_);
  }

  [[nodiscard]] Elf64_Shdr section_header(std::uint64_t index) const {
    return at<Elf64_Shdr>(header_.e_shoff + index * sizeof(Elf64_Shdr));
  }
  bool load_section(const Elf64_Shdr& section) { return load(section.sh_offset, section.sh_size); }

  [[nodiscard]] std::string_view section_name(const Elf64_Shdr& section) const {
    if (section.sh_name >= names_.sh_size) {
      return {};
    }
    const auto* begin = reinterpret_cast<const char*>(info_.image_.get()) + names_.sh_offset;
    const std::string_view all(begin, names_.sh_size);
    const std::string_view tail = all.substr(section.sh_name);
    return tail.substr(0, tail.find('\0'));
  }

  // Every section that is not needed is struck out of the image's table, so that libdw looks at none of them. The
  // abbreviations are loaded later, those of the wanted units.
  bool load_sections() {
    for (std::uint64_t i = 1; i < header_.e_shnum; ++i) {
      Elf64_Shdr section = section_header(i);
      Elf64_Shdr* const kept = place_for(section_name(section));
      if (kept == nullptr) {
        if (i != header_.e_shstrndx) {
          section.sh_type = SHT_NULL;
          std::memcpy(info_.image_.get() + header_.e_shoff + i * sizeof section, &section, sizeof section);
        }
        continue;
      }
      if (section.sh_type != SHT_PROGBITS || (section.sh_flags & SHF_COMPRESSED) != 0 || section.sh_offset > size_ ||
          section.sh_size > size_ - section.sh_offset || kept->sh_size != 0) {
        return false;
      }
      *kept = section;
      if (kept == &debug_info_) {
        debug_info_at_ = header_.e_shoff + i * sizeof section;
      }
    }
    return debug_info_.sh_size != 0 && abbreviations_.sh_size != 0 && load_section(strings_) &&
           load_section(line_strings_) && load_section(string_offsets_);
  }

  Elf64_Shdr* place_for(std::string_view name) {
    if (name == ".debug_info") {
      return &debug_info_;
    }
    if (name == ".debug_abbrev") {
      return &abbreviations_;
    }
    if (name == ".debug_str") {
      return &strings_;
    }
    if (name == ".debug_line_str") {
      return &line_strings_;
    }
    return name == ".debug_str_offsets" ? &string_offsets_ : nullptr;
  }

  // Units stand one after another, each with its length in front (DWARF 5, 7.5.1). Only looks at their heads.
  bool find_units(std::span<const std::string_view> names) {
    const auto offsets = string_offsets_of(names);
    std::array<std::byte, kUnitHead> raw;  // NOLINT(cppcoreguidelines-pro-type-member-init): pread fills it
    for (std::uint64_t next = 0; next < debug_info_.sh_size;) {
      const std::span<std::byte> head(raw.data(), std::min(kUnitHead, debug_info_.sh_size - next));
      if (units_.size() == kMaxUnits || head.size() < kShortHeader ||
          pread(fd_, head.data(), head.size(), static_cast<off_t>(debug_info_.sh_offset + next)) !=
              static_cast<ssize_t>(head.size())) {
        break;
      }
      Unit unit = parse_head(head);
      if (unit.size > debug_info_.sh_size - next) {
        break;
      }
      unit.offset = next;
      unit.likely = mentions(head, offsets) || mentions_text(head, names);
      units_.push_back(unit);
      next += unit.size;
    }
    return !units_.empty();
  }

  static Unit parse_head(std::span<const std::byte> head) {
    constexpr std::uint32_t kLong = 0xffffffff;  // a 64-bit length follows, and 64-bit offsets
    const auto take = [head]<typename T>(std::size_t at, T value) {
      std::memcpy(&value, head.data() + at, sizeof value);
      return value;
    };
    const auto length = take(0, std::uint32_t{});
    const std::size_t begin = length == kLong ? 12 : 4;
    const auto version = take(begin, std::uint16_t{});
    // DWARF 5 put the type of the unit and the size of an address in front of the offset of the abbreviations.
    const std::size_t at = begin + (version >= 5 ? 4 : 2);
    Unit unit;
    unit.size = length == kLong ? take(4, std::uint64_t{}) : length;
    unit.size = unit.size > kMaxFile ? kMaxFile : unit.size + begin;
    unit.abbreviations = length == kLong ? take(at, std::uint64_t{}) : take(at, std::uint32_t{});
    return unit;
  }

  // Where the wanted names stand in the sections of strings. Units refer to them by these numbers; parsing the first
  // DIE of each would mean parsing the abbreviations of each.
  [[nodiscard]] std::vector<std::uint32_t> string_offsets_of(std::span<const std::string_view> names) const {
    std::vector<std::uint32_t> offsets;
    for (const Elf64_Shdr* section : {&line_strings_, &strings_}) {
      const std::string_view all(reinterpret_cast<const char*>(info_.image_.get()) + section->sh_offset,
                                 section->sh_size);
      for (const std::string_view name : names) {
        const auto at = all.find(name);
        if (at == std::string_view::npos) {
          continue;
        }
        // The linker lets a string that is the tail of another one share its bytes.
        const auto before = at == 0 ? std::string_view::npos : all.rfind('\0', at - 1);
        const auto begin = before == std::string_view::npos ? 0 : before + 1;
        offsets.push_back(static_cast<std::uint32_t>(at));
        offsets.push_back(static_cast<std::uint32_t>(begin));
      }
      if (!offsets.empty()) {
        break;
      }
    }
    return offsets;
  }

  static bool mentions(std::span<const std::byte> head, const std::vector<std::uint32_t>& offsets) {
    for (std::size_t at = 0; at + 4 <= head.size(); ++at) {
      std::uint32_t value = 0;
      std::memcpy(&value, head.data() + at, sizeof value);
      if (std::ranges::find(offsets, value) != offsets.end()) {
        return true;
      }
    }
    return false;
  }

  static bool mentions_text(std::span<const std::byte> head, std::span<const std::string_view> names) {
    const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
    return std::ranges::any_of(names, [text](std::string_view name) { return text.contains(name); });
  }

  // Puts the likely units one behind the other, as if the file had no others: libdw would walk over all that stand
  // before one.
  bool pack_units() {
    std::uint64_t packed = 0;
    int count = 0;
    for (const Unit& unit : units_) {
      if (!unit.likely || ++count > kMaxLikely) {
        continue;
      }
      if (!load(debug_info_.sh_offset + unit.offset, unit.size, debug_info_.sh_offset + packed) ||
          !load_abbreviations(unit)) {
        return false;
      }
      packed += unit.size;
    }
    debug_info_.sh_size = packed;
    std::memcpy(info_.image_.get() + debug_info_at_, &debug_info_, sizeof debug_info_);
    return packed != 0;
  }

  void choose_units(std::span<const std::string_view> names) {
    Dwarf* dwarf = info_.dwarf_.get();
    Dwarf_Off next = 0;
    std::size_t head = 0;
    for (Dwarf_Off at = 0; dwarf_nextcu(dwarf, at, &next, &head, nullptr, nullptr, nullptr) == 0; at = next) {
      Dwarf_Die die;
      const char* source = dwarf_offdie(dwarf, at + head, &die) != nullptr ? dwarf_diename(&die) : nullptr;
      if (source != nullptr &&
          std::ranges::any_of(names, [source](auto name) { return ends_with_path(source, name); })) {
        info_.units_.push_back(die);
      }
    }
  }

  // Those of one unit reach to where the next unit's begin.
  bool load_abbreviations(const Unit& unit) {
    if (unit.abbreviations >= abbreviations_.sh_size) {
      return false;
    }
    std::uint64_t end = abbreviations_.sh_size;
    for (const Unit& other : units_) {
      if (other.abbreviations > unit.abbreviations) {
        end = std::min(end, other.abbreviations);
      }
    }
    return load(abbreviations_.sh_offset + unit.abbreviations, end - unit.abbreviations);
  }

  int fd_;
  std::uint64_t size_ = 0;
  std::uint64_t loaded_ = 0;
  Elf64_Ehdr header_{};
  Elf64_Shdr names_{};
  Elf64_Shdr debug_info_{};
  std::uint64_t debug_info_at_ = 0;  // where that header stands
  Elf64_Shdr abbreviations_{};
  Elf64_Shdr strings_{};
  Elf64_Shdr line_strings_{};
  Elf64_Shdr string_offsets_{};
  std::vector<Unit> units_;
  PartialDebugInfo info_;
};

std::optional<PartialDebugInfo> PartialDebugInfo::open(int fd, std::span<const std::string_view> names) {
  return PartialDebugInfoReader(fd).read(names);
}

}  // namespace stillframe::binary
