#include "binary/symbol_table.h"

#include <algorithm>
#include <limits>

namespace stillframe::binary {
namespace {

constexpr std::uint64_t most_symbols = std::uint64_t{1} << 23U;
constexpr std::uint64_t largest_function = (std::uint64_t{1} << 31U) - 1;
// How many symbols before an address are looked at for one that reaches over it: symbols seldom nest.
constexpr std::size_t most_looked_back = 64;
// Symbols at one and the same address.
constexpr std::size_t most_aliases = 256;

// `clock_nanosleep@@GLIBC_2.17` in .symtab.
std::string_view without_version(std::string_view name) {
  const auto at = name.find('@', 1);
  return at == std::string_view::npos ? name : name.substr(0, at);
}

std::uint64_t dynamic_value(std::span<const std::byte> dynamic, std::int64_t tag) {
  for (std::uint64_t at = 0; const auto entry = value_at<Elf64_Dyn>(dynamic, at); at += sizeof *entry) {
    if (entry->d_tag == tag) {
      return entry->d_un.d_val;
    }
    if (entry->d_tag == DT_NULL) {
      break;
    }
  }
  return 0;
}

}  // namespace

void SymbolTable::add(const SymbolImage& image) {
  bool sections = false;
  for (const ImageSection& section : image.sections()) {
    // In a separate debug file, code has an address and a size but no content.
    if ((section.flags & SHF_EXECINSTR) != 0 &&
        section.size <= std::numeric_limits<std::uint64_t>::max() - section.address) {
      code_.emplace_back(section.address, section.address + section.size);
    }
  }
  std::ranges::sort(code_);
  // .dynsym is a part of .symtab.
  const bool full = std::ranges::any_of(
      image.sections(), [](const ImageSection& section) { return section.type == SHT_SYMTAB && section.in_file; });
  has_locals_ = has_locals_ || full;
  for (const ImageSection& section : image.sections()) {
    if (section.type == (full ? SHT_SYMTAB : SHT_DYNSYM) && section.link < image.sections().size() && section.in_file) {
      sections = true;
      add_symbols(image.content(section), image.content(image.sections()[section.link]));
      image.forget(section);
    }
  }
  if (!sections) {
    add_dynamic(image);
  }
}

void SymbolTable::add_symbols(std::span<const std::byte> symbols, std::span<const std::byte> names) {
  if (names.size() > std::numeric_limits<std::uint32_t>::max() - names_size_) {
    return;
  }
  const std::uint64_t count = std::min<std::uint64_t>(symbols.size() / sizeof(Elf64_Sym), most_symbols);
  for (std::uint64_t i = 1; i < count; ++i) {
    const auto symbol = value_at<Elf64_Sym>(symbols, i * sizeof(Elf64_Sym));
    const auto type = ELF64_ST_TYPE(symbol->st_info);
    const bool function = type == STT_FUNC || type == STT_GNU_IFUNC;
    if ((!function && type != STT_NOTYPE) || symbol->st_shndx == SHN_UNDEF || symbol->st_shndx == SHN_ABS ||
        symbol->st_value == 0 || symbol->st_name == 0 || symbol->st_name >= names.size() ||
        (!function && !is_code(symbol->st_value))) {
      continue;
    }
    Entry entry{.begin = symbol->st_value, .name = names_size_ + symbol->st_name};
    entry.size = static_cast<std::uint32_t>(std::min<std::uint64_t>(symbol->st_size, largest_function)) & 0x7fffffffU;
    entry.local = ELF64_ST_BIND(symbol->st_info) == STB_LOCAL ? 1U : 0U;
    entries_.push_back(entry);
  }
  names_.push_back({.begin = names_size_, .texts = names});
  names_size_ += static_cast<std::uint32_t>(names.size());
}

// Without sections the number of dynamic symbols stands in the hash table, or follows from where their names begin,
// which linkers put behind the symbols.
void SymbolTable::add_dynamic(const SymbolImage& image) {
  for (const Elf64_Phdr& segment : image.segments()) {
    if (segment.p_type == PT_LOAD && (segment.p_flags & PF_X) != 0 &&
        segment.p_memsz <= std::numeric_limits<std::uint64_t>::max() - segment.p_vaddr) {
      code_.emplace_back(segment.p_vaddr, segment.p_vaddr + segment.p_memsz);
    }
  }
  std::ranges::sort(code_);
  for (const Elf64_Phdr& segment : image.segments()) {
    if (segment.p_type != PT_DYNAMIC) {
      continue;
    }
    const auto dynamic = image.at_address(segment.p_vaddr);
    const std::uint64_t table = dynamic_value(dynamic, DT_SYMTAB);
    const std::uint64_t texts = dynamic_value(dynamic, DT_STRTAB);
    const auto symbols = image.at_address(table);
    auto names = image.at_address(texts);
    names = names.first(std::min<std::uint64_t>(names.size(), dynamic_value(dynamic, DT_STRSZ)));
    const std::uint64_t hash = dynamic_value(dynamic, DT_HASH);
    const auto chains = hash == 0 ? std::nullopt : value_at<std::uint32_t>(image.at_address(hash), 4);
    const std::uint64_t size = chains ? *chains * sizeof(Elf64_Sym) : texts > table ? texts - table : 0;
    add_symbols(symbols.first(std::min<std::uint64_t>(symbols.size(), size)), names);
  }
}

bool SymbolTable::is_code(std::uint64_t address) const {
  const auto after = std::ranges::upper_bound(code_, address, {}, &std::pair<std::uint64_t, std::uint64_t>::first);
  return after != code_.begin() && address < std::prev(after)->second;
}

void SymbolTable::finish() {
  // A name of assembly and a mapping symbol (aarch64, "$x") look alike, but for the name.
  std::erase_if(entries_, [this](const Entry& entry) { return entry.size == 0 && name_of(entry).starts_with('$'); });
  std::ranges::sort(entries_, {}, &Entry::begin);
  entries_.shrink_to_fit();
}

std::string_view SymbolTable::name_of(const Entry& entry) const {
  for (const Names& names : names_) {
    if (entry.name - names.begin < names.texts.size()) {
      return without_version(text_at(names.texts, entry.name - names.begin));
    }
  }
  return {};
}

// A function has several names (`nanosleep`, `__nanosleep`, `__GI___nanosleep`): what programs call it by is best.
bool SymbolTable::is_plainer(const Entry& one, const Entry& other) const {
  if (one.local != other.local) {
    return one.local == 0;
  }
  const std::string_view first = name_of(one);
  const std::string_view second = name_of(other);
  const auto underscores = [](std::string_view name) { return std::min(name.find_first_not_of('_'), name.size()); };
  if (underscores(first) != underscores(second)) {
    return underscores(first) < underscores(second);
  }
  return first.size() != second.size() ? first.size() < second.size() : first < second;
}

// Where a symbol without a size ends: at the next one, or with the code that it is in.
std::uint64_t SymbolTable::end_of(std::size_t index) const {
  const Entry& entry = entries_[index];
  if (entry.size != 0) {
    return entry.size > std::numeric_limits<std::uint64_t>::max() - entry.begin ? entry.begin
                                                                                : entry.begin + entry.size;
  }
  const auto after = std::ranges::upper_bound(code_, entry.begin, {}, &std::pair<std::uint64_t, std::uint64_t>::first);
  if (after == code_.begin() || std::prev(after)->second <= entry.begin) {
    return entry.begin;
  }
  const auto next = std::ranges::upper_bound(entries_, entry.begin, {}, &Entry::begin);
  const std::uint64_t end = std::prev(after)->second;
  return next == entries_.end() ? end : std::min(end, next->begin);
}

std::optional<SymbolTable::Function> SymbolTable::find(std::uint64_t address) const {
  const auto after = std::ranges::upper_bound(entries_, address, {}, &Entry::begin);
  const auto first_after = static_cast<std::size_t>(after - entries_.begin());
  std::optional<std::size_t> sized;
  std::optional<std::size_t> unsized;
  std::size_t looked = 0;
  for (std::size_t i = first_after; i-- > 0;) {
    const Entry& entry = entries_[i];
    if ((sized && entries_[*sized].begin != entry.begin) || ++looked > (sized ? most_aliases : most_looked_back)) {
      break;
    }
    if (address >= end_of(i)) {
      continue;
    }
    // A label within a function is less than the function.
    std::optional<std::size_t>& best = entry.size != 0 ? sized : unsized;
    if (!best || (entries_[*best].begin == entry.begin && is_plainer(entry, entries_[*best]))) {
      best = i;
    }
  }
  const auto found = sized ? sized : unsized;
  if (!found || name_of(entries_[*found]).empty()) {
    return std::nullopt;
  }
  return Function{.begin = entries_[*found].begin,
                  .end = end_of(*found),
                  .name = name_of(entries_[*found]),
                  .certain = has_locals_ || entries_[*found].size != 0};
}

}  // namespace stillframe::binary
