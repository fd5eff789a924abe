#include "binary/elf_image.h"

#include <elf.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace stillframe::binary {
namespace {

// A linker writes a dozen program headers; PN_XNUM files with more are cores, not images.
constexpr std::uint16_t kMaxSegments = 256;
constexpr std::uint64_t kMaxSymbols = 4'000'000;
constexpr std::uint32_t kMaxBuckets = 1U << 24U;
constexpr std::uint32_t kMaxChain = 1U << 16U;

// What DT_* entries say, addresses already in the target.
struct Dynamic {
  Address strings = 0;
  std::uint64_t strings_size = 0;
  Address symbols = 0;
  Address gnu_hash = 0;
  Address sysv_hash = 0;
};

// The dynamic linker of glibc writes run-time addresses into the table, musl's leaves it as linked, and so does the
// kernel's in its vDSO: whichever of the two lies in the image is meant.
Address relocate(Address value, Address bias, std::span<const Segment> segments) {
  const bool at_run_time = std::ranges::any_of(segments, [value](const Segment& segment) {
    return segment.type == PT_LOAD && value >= segment.address && value - segment.address < segment.size;
  });
  return at_run_time ? value : value + bias;
}

std::optional<Dynamic> read_dynamic(const memory::MemorySource& memory, std::span<const Segment> segments,
                                    Address bias) {
  const auto found = std::ranges::find(segments, std::uint32_t{PT_DYNAMIC}, &Segment::type);
  if (found == segments.end()) {
    return std::nullopt;
  }
  Dynamic dynamic;
  const auto run_time = [&](Address value) { return relocate(value, bias, segments); };
  const std::uint64_t count = std::min<std::uint64_t>(found->size / sizeof(Elf64_Dyn), 512);
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto entry = memory.get<Elf64_Dyn>(found->address + i * sizeof(Elf64_Dyn));
    if (!entry || entry->d_tag == DT_NULL) {
      break;
    }
    switch (entry->d_tag) {
      case DT_STRTAB:
        dynamic.strings = run_time(entry->d_un.d_ptr);
        break;
      case DT_STRSZ:
        dynamic.strings_size = entry->d_un.d_val;
        break;
      case DT_SYMTAB:
        dynamic.symbols = run_time(entry->d_un.d_ptr);
        break;
      case DT_GNU_HASH:
        dynamic.gnu_hash = run_time(entry->d_un.d_ptr);
        break;
      case DT_HASH:
        dynamic.sysv_hash = run_time(entry->d_un.d_ptr);
        break;
      default:
        break;
    }
  }
  if (dynamic.strings == 0 || dynamic.symbols == 0) {
    return std::nullopt;
  }
  return dynamic;
}

class DynamicSymbols {
 public:
  DynamicSymbols(const memory::MemorySource& memory, const Dynamic& dynamic, Address bias)
      : memory_(memory), dynamic_(dynamic), bias_(bias) {}

  [[nodiscard]] std::optional<Symbol> find(std::string_view name) const {
    if (dynamic_.gnu_hash != 0) {
      return find_gnu(name);
    }
    return dynamic_.sysv_hash != 0 ? find_sysv(name) : find_linear(name);
  }

 private:
  [[nodiscard]] std::optional<std::uint32_t> word(Address address) const {
    const auto value = memory_.get<std::uint32_t>(address);
    return value ? std::optional(*value) : std::nullopt;
  }

  // The symbol with that index, when it is defined and has that name.
  [[nodiscard]] std::optional<Symbol> matching(std::uint64_t index, std::string_view name) const {
    const auto symbol = memory_.get<Elf64_Sym>(dynamic_.symbols + index * sizeof(Elf64_Sym));
    if (!symbol || symbol->st_shndx == SHN_UNDEF || symbol->st_name >= dynamic_.strings_size) {
      return std::nullopt;
    }
    std::array<char, 256> text;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() fills it
    if (name.size() + 1 > text.size()) {
      return std::nullopt;
    }
    const std::span<char> piece(text.data(), name.size() + 1);
    if (!memory_.read(dynamic_.strings + symbol->st_name, std::as_writable_bytes(piece)) ||
        std::string_view(text.data(), name.size()) != name || text[name.size()] != '\0') {
      return std::nullopt;
    }
    return Symbol{.address = symbol->st_value + bias_, .size = symbol->st_size};
  }

  // The GNU hash table: header, a Bloom filter, buckets, then one hash a symbol, the last of a chain with bit 0 set.
  [[nodiscard]] std::optional<Symbol> find_gnu(std::string_view name) const {
    struct Header {
      std::uint32_t buckets, first_symbol, bloom_words, bloom_shift;
    };
    const auto header = memory_.get<Header>(dynamic_.gnu_hash);
    if (!header || header->buckets == 0 || header->buckets > kMaxBuckets || header->bloom_words > kMaxBuckets) {
      return std::nullopt;
    }
    std::uint32_t hash = 5381;
    for (const char letter : name) {
      hash = hash * 33 + static_cast<std::uint8_t>(letter);
    }
    const Address bloom = dynamic_.gnu_hash + sizeof(Header);
    if (header->bloom_words != 0 && header->bloom_shift < 32) {
      const auto filter = memory_.get<std::uint64_t>(bloom + Address{(hash / 64) % header->bloom_words} * 8);
      const std::uint64_t bits =
          (std::uint64_t{1} << (hash % 64)) | (std::uint64_t{1} << ((hash >> header->bloom_shift) % 64));
      if (filter && (*filter & bits) != bits) {
        return std::nullopt;
      }
    }
    const Address buckets = bloom + Address{header->bloom_words} * 8;
    const Address chains = buckets + Address{header->buckets} * 4;
    const auto first = word(buckets + Address{hash % header->buckets} * 4);
    if (!first || *first < header->first_symbol) {
      return std::nullopt;
    }
    for (std::uint32_t i = 0; i < kMaxChain; ++i) {
      const std::uint64_t index = std::uint64_t{*first} + i;
      const auto kept = word(chains + (index - header->first_symbol) * 4);
      if (!kept || index > kMaxSymbols) {
        return std::nullopt;
      }
      if ((*kept | 1U) == (hash | 1U)) {
        if (const auto symbol = matching(index, name)) {
          return symbol;
        }
      }
      if ((*kept & 1U) != 0) {
        break;
      }
    }
    return std::nullopt;
  }

  // The System V hash table: two counts, buckets, chains by symbol index.
  [[nodiscard]] std::optional<Symbol> find_sysv(std::string_view name) const {
    const auto bucket_count = word(dynamic_.sysv_hash);
    const auto chain_count = word(dynamic_.sysv_hash + 4);
    if (!bucket_count || !chain_count || *bucket_count == 0 || *bucket_count > kMaxBuckets) {
      return std::nullopt;
    }
    std::uint32_t hash = 0;
    for (const char letter : name) {
      hash = (hash << 4U) + static_cast<std::uint8_t>(letter);
      const std::uint32_t top = hash & 0xF0000000U;
      hash = (hash ^ (top >> 24U)) & ~top;
    }
    const Address buckets = dynamic_.sysv_hash + 8;
    const Address chains = buckets + Address{*bucket_count} * 4;
    auto index = word(buckets + Address{hash % *bucket_count} * 4);
    for (std::uint32_t i = 0; i < kMaxChain && index && *index != 0 && *index < *chain_count; ++i) {
      if (const auto symbol = matching(*index, name)) {
        return symbol;
      }
      index = word(chains + Address{*index} * 4);
    }
    return std::nullopt;
  }

  // Without a hash table nothing tells how many symbols there are. Linkers put the strings right behind them.
  [[nodiscard]] std::optional<Symbol> find_linear(std::string_view name) const {
    const std::uint64_t room = dynamic_.strings > dynamic_.symbols ? dynamic_.strings - dynamic_.symbols : 0;
    const std::uint64_t count = std::min<std::uint64_t>(room / sizeof(Elf64_Sym), kMaxChain);
    for (std::uint64_t index = 1; index < count; ++index) {
      if (const auto symbol = matching(index, name)) {
        return symbol;
      }
    }
    return std::nullopt;
  }

  const memory::MemorySource& memory_;
  const Dynamic& dynamic_;
  Address bias_;
};

}  // namespace

std::optional<ElfImage> ElfImage::at(const memory::MemorySource& memory, Address base) {
  const auto header = memory.get<Elf64_Ehdr>(base);
  constexpr unsigned char kOrder = std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_ident[EI_CLASS] != ELFCLASS64 ||
      header->e_ident[EI_DATA] != kOrder || header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phnum == 0 ||
      header->e_phnum > kMaxSegments) {
    return std::nullopt;
  }
  std::vector<Elf64_Phdr> programs(header->e_phnum);
  if (!memory.read(base + header->e_phoff, std::as_writable_bytes(std::span(programs)))) {
    return std::nullopt;
  }
  const auto first = std::ranges::find(programs, Elf64_Word{PT_LOAD}, &Elf64_Phdr::p_type);
  if (first == programs.end()) {
    return std::nullopt;
  }
  ElfImage image;
  image.base_ = base;
  image.bias_ = base - (first->p_vaddr - first->p_offset);
  image.machine_ = header->e_machine;
  image.entry_ = header->e_entry == 0 ? 0 : header->e_entry + image.bias_;
  for (const Elf64_Phdr& program : programs) {
    image.segments_.push_back({.type = program.p_type,
                               .flags = program.p_flags,
                               .address = program.p_vaddr + image.bias_,
                               .size = program.p_memsz,
                               .file_offset = program.p_offset,
                               .file_size = program.p_filesz});
  }
  return image;
}

std::optional<Symbol> ElfImage::find_dynamic_symbol(const memory::MemorySource& memory, std::string_view name) const {
  const auto dynamic = read_dynamic(memory, segments_, bias_);
  return dynamic ? DynamicSymbols(memory, *dynamic, bias_).find(name) : std::nullopt;
}

std::string ElfImage::build_id(const memory::MemorySource& memory) const {
  for (const Segment& segment : segments_) {
    if (segment.type != PT_NOTE) {
      continue;
    }
    Address at = segment.address;
    const Address end = at + std::min<std::uint64_t>(segment.file_size, 65536);
    while (at + sizeof(Elf64_Nhdr) <= end) {
      const auto note = memory.get<Elf64_Nhdr>(at);
      if (!note || note->n_namesz > 256 || note->n_descsz > 65536) {
        break;
      }
      const Address name = at + sizeof(Elf64_Nhdr);
      const Address content = name + ((note->n_namesz + 3U) & ~3U);
      if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && note->n_descsz <= 64 &&
          memory.get<std::array<char, 4>>(name) == std::array<char, 4>{'G', 'N', 'U', '\0'}) {
        std::vector<std::uint8_t> id(note->n_descsz);
        if (!memory.read(content, std::as_writable_bytes(std::span(id)))) {
          return {};
        }
        constexpr std::string_view kDigits = "0123456789abcdef";
        std::string hex;
        for (const std::uint8_t byte : id) {
          hex += kDigits[byte >> 4U];
          hex += kDigits[byte & 15U];
        }
        return hex;
      }
      at = content + ((note->n_descsz + 3U) & ~3U);
    }
  }
  return {};
}

}  // namespace stillframe::binary
