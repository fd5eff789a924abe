#include "binary/symbol_units.h"

#include <dwarf.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "binary/symbol_image.h"
#include "binary/symbol_names.h"

namespace stillframe::binary {
namespace {

constexpr std::size_t most_ranges = 65536;
constexpr std::uint64_t most_list_bytes = std::uint64_t{1} << 32U;
constexpr std::size_t most_unit_ranges = std::size_t{1} << 22U;
// Namespaces, classes and functions within each other; blocks and inlined calls within each other.
constexpr int deepest_entry = 64;
constexpr int deepest_block = 256;
// DIEs that are visited for one unit or one address. The largest units that compilers make have some hundred thousand
// on the levels that are looked at.
constexpr std::uint64_t most_visited = std::uint64_t{1} << 22U;

bool holds_functions(int tag) {
  switch (tag) {
    case DW_TAG_namespace:
    case DW_TAG_module:
    case DW_TAG_class_type:
    case DW_TAG_structure_type:
    case DW_TAG_union_type:
    case DW_TAG_interface_type:
    case DW_TAG_enumeration_type:  // Rust's enums have methods
      return true;
    default:
      return false;
  }
}

bool is_block(int tag) {
  return tag == DW_TAG_lexical_block || tag == DW_TAG_inlined_subroutine || tag == DW_TAG_try_block ||
         tag == DW_TAG_catch_block || tag == DW_TAG_with_stmt;
}

bool has_code(Dwarf_Die& die) {
  return dwarf_hasattr(&die, DW_AT_low_pc) != 0 || dwarf_hasattr(&die, DW_AT_ranges) != 0;
}

// Where the list of a split unit's DIE stands in its section.
std::optional<std::ptrdiff_t> list_of(Dwarf_Die& die, const RangeBase& base) {
  Dwarf_Attribute attribute;
  Dwarf_Word offset = 0;
  if (dwarf_attr(&die, DW_AT_ranges, &attribute) == nullptr) {
    return std::nullopt;
  }
  if (attribute.form != DW_FORM_rnglistx) {
    return dwarf_formudata(&attribute, &offset) == 0 && offset < most_list_bytes
               ? std::optional(static_cast<std::ptrdiff_t>(offset + base.padding))
               : std::nullopt;
  }
  // A number in the table of offsets behind the header, which holds 12 bytes (DWARF 5, 7.28). libdw has seen to it
  // that the attribute lies within the unit; a number that goes beyond is cut off by its size.
  std::uint64_t index = 0;
  for (unsigned i = 0; i < 4; ++i) {
    index |= static_cast<std::uint64_t>(attribute.valp[i] & 0x7fU) << (7 * i);
    if ((attribute.valp[i] & 0x80U) == 0) {
      break;
    }
  }
  constexpr std::uint64_t header = 12;
  const auto entry = value_at<std::uint32_t>(base.lists, header + index * sizeof(std::uint32_t));
  return entry ? std::optional(static_cast<std::ptrdiff_t>(header + *entry)) : std::nullopt;
}

// Looks for the blocks around an address and keeps the inlined calls on the way. True when `parent` has one.
class BlockSearch {
 public:
  BlockSearch(std::uint64_t address, const RangeBase& base) : address_(address), base_(base) {}

  bool descend(Dwarf_Die parent, int depth) {
    Dwarf_Die child;
    if (depth > deepest_block || dwarf_child(&parent, &child) != 0) {
      return false;
    }
    do {
      if (++visited_ > most_visited) {
        return false;
      }
      const int tag = dwarf_tag(&child);
      if (!is_block(tag)) {
        continue;
      }
      if (!has_code(child)) {
        // A block that was optimised away itself may hold calls that were not.
        if (tag == DW_TAG_lexical_block && descend(child, depth + 1)) {
          return true;
        }
      } else if (covers(child)) {
        if (tag == DW_TAG_inlined_subroutine) {
          inlined.push_back(child);
        }
        descend(child, depth + 1);
        return true;
      }
    } while (dwarf_siblingof(&child, &child) == 0);
    return false;
  }

  std::vector<Dwarf_Die> inlined;

 private:
  bool covers(Dwarf_Die& die) const {
    return base_.split ? std::ranges::any_of(ranges_of(die, base_),
                                             [this](const AddressRange& range) {
                                               return range.begin <= address_ && address_ < range.end;
                                             })
                       : dwarf_haspc(&die, address_) == 1;
  }

  std::uint64_t address_;
  const RangeBase& base_;
  std::uint64_t visited_ = 0;
};

}  // namespace

std::vector<AddressRange> ranges_of(Dwarf_Die& die, const RangeBase& from) {
  std::vector<AddressRange> ranges;
  Dwarf_Addr base = from.address;
  Dwarf_Addr begin = 0;
  Dwarf_Addr end = 0;
  std::ptrdiff_t offset = 0;
  if (from.split && dwarf_hasattr(&die, DW_AT_ranges) != 0) {
    // Given where the list begins, dwarf_ranges counts from `base`; it would look for the skeleton otherwise.
    const auto list = list_of(die, from);
    if (!list) {
      return ranges;
    }
    offset = *list;
  }
  while (ranges.size() < most_ranges && (offset = dwarf_ranges(&die, offset, &base, &begin, &end)) > 0) {
    if (begin < end) {
      ranges.push_back({.begin = begin, .end = end});
    }
  }
  return ranges;
}

std::optional<std::uint64_t> UnitIndex::find(std::uint64_t address) {
  read_table();
  if (const auto unit = look_up(address)) {
    return unit;
  }
  read_units();
  return look_up(address);
}

std::optional<std::uint64_t> UnitIndex::look_up(std::uint64_t address) const {
  const auto after = std::ranges::upper_bound(entries_, address, {}, &Entry::begin);
  return after == entries_.begin() || address >= std::prev(after)->end ? std::nullopt
                                                                       : std::optional(std::prev(after)->unit);
}

// .debug_aranges (DWARF 5, 6.1.2): for each unit its address ranges, up to a pair of zeros.
void UnitIndex::read_table() {
  if (std::exchange(table_read_, true)) {
    return;
  }
  ByteCursor in(source_.section(".debug_aranges"));
  while (!in.at_end() && entries_.size() < most_unit_ranges && read_set(in)) {
  }
  std::ranges::sort(entries_, {}, &Entry::begin);
}

bool UnitIndex::read_set(ByteCursor& in) {
  std::uint64_t length = in.number<std::uint32_t>();
  const bool is_long = length == long_format;
  length = is_long ? in.number<std::uint64_t>() : length;
  const std::uint64_t before = is_long ? 12 : 4;
  ByteCursor set(in.take(length));
  const auto version = set.number<std::uint16_t>();
  const std::uint64_t unit = set.sized_number(is_long ? 8 : 4);
  const auto size_of_address = set.number<std::uint8_t>();
  const auto segment_size = set.number<std::uint8_t>();
  if (!in.ok() || !set.ok()) {
    return false;
  }
  if (version != 2 || size_of_address != 8 || segment_size != 0) {
    return true;  // of no machine that is known here
  }
  // Pairs are aligned to their size, counted from the beginning of the set.
  set.take((16 - (before + set.offset()) % 16) % 16);
  while (!set.at_end() && entries_.size() < most_unit_ranges) {
    const auto begin = set.number<std::uint64_t>();
    const auto size = set.number<std::uint64_t>();
    if (!set.ok() || (begin == 0 && size == 0)) {
      break;
    }
    // Address 0 is where linkers put what they took out.
    if (begin != 0 && size != 0 && begin + size > begin) {
      entries_.push_back({.begin = begin, .end = begin + size, .unit = unit});
    }
  }
  return true;
}

// Compilers other than GCC leave out .debug_aranges, and so do assemblers for some units.
void UnitIndex::read_units() {
  Dwarf* const dwarf = std::exchange(units_read_, true) ? nullptr : source_.all();
  if (dwarf == nullptr) {
    return;
  }
  std::unordered_set<std::uint64_t> known;
  for (const Entry& entry : entries_) {
    known.insert(entry.unit);
  }
  Dwarf_Off next = 0;
  std::size_t header = 0;
  for (Dwarf_Off at = 0; entries_.size() < most_unit_ranges &&
                         dwarf_nextcu(dwarf, at, &next, &header, nullptr, nullptr, nullptr) == 0 && next > at;
       at = next) {
    Dwarf_Die die;
    if (known.contains(at) || dwarf_offdie(dwarf, at + header, &die) == nullptr) {
      continue;
    }
    for (const AddressRange& range : ranges_of(die, {})) {
      entries_.push_back({.begin = range.begin, .end = range.end, .unit = at});
    }
  }
  std::ranges::sort(entries_, {}, &Entry::begin);
}

FunctionIndex::FunctionIndex(Dwarf_Die unit, RangeBase base) : unit_(unit), base_(base), methods_(!is_plain_c(unit)) {
  collect(unit_, 0);
  std::ranges::sort(entries_, {}, &Entry::begin);
}

void FunctionIndex::collect(Dwarf_Die parent, int depth) {
  Dwarf_Die child;
  if (depth > deepest_entry || dwarf_child(&parent, &child) != 0) {
    return;
  }
  do {
    if (++visited_ > most_visited) {
      return;
    }
    const int tag = dwarf_tag(&child);
    if (tag == DW_TAG_subprogram) {
      for (const AddressRange& range : ranges_of(child, base_)) {
        entries_.push_back({.begin = range.begin, .end = range.end, .die = dwarf_dieoffset(&child)});
        longest_ = std::max(longest_, range.end - range.begin);
      }
    }
    const bool scope = tag == DW_TAG_subprogram || is_block(tag) ? within_functions_ : methods_ && holds_functions(tag);
    if (scope) {
      collect(child, depth + 1);
    }
  } while (dwarf_siblingof(&child, &child) == 0);
}

std::optional<Dwarf_Die> FunctionIndex::find(std::uint64_t address) {
  if (auto found = look_up(address)) {
    return found;
  }
  if (!within_functions_) {
    // Functions within functions (Fortran, Ada, GNU C) are rare enough to look for them only now.
    within_functions_ = true;
    entries_.clear();
    visited_ = 0;
    collect(unit_, 0);
    std::ranges::sort(entries_, {}, &Entry::begin);
    return look_up(address);
  }
  return std::nullopt;
}

std::optional<Dwarf_Die> FunctionIndex::look_up(std::uint64_t address) const {
  const Entry* best = nullptr;
  for (auto entry = std::ranges::upper_bound(entries_, address, {}, &Entry::begin); entry != entries_.begin();) {
    --entry;
    if (address - entry->begin >= longest_) {
      break;
    }
    if (address < entry->end && (best == nullptr || entry->end - entry->begin < best->end - best->begin)) {
      best = &*entry;
    }
  }
  Dwarf_Die die;
  if (best == nullptr || dwarf_offdie(dwarf_cu_getdwarf(unit_.cu), best->die, &die) == nullptr) {
    return std::nullopt;
  }
  return die;
}

std::vector<Dwarf_Die> inlined_at(Dwarf_Die function, std::uint64_t address, const RangeBase& base) {
  BlockSearch search(address, base);
  search.descend(function, 0);
  return std::move(search.inlined);
}

}  // namespace stillframe::binary
