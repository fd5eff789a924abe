// Which compilation unit an address belongs to, and which of its functions.
#pragma once

#include <elfutils/libdw.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "binary/byte_cursor.h"
#include "binary/symbol_debug_source.h"

namespace stillframe::binary {

// What lists of ranges count from. libdw knows it for units that stand in one file with their skeleton, or have none.
struct RangeBase {
  bool split = false;
  std::uint64_t address = 0;         // DW_AT_low_pc of the skeleton
  std::size_t padding = 0;           // stands in front of .debug_ranges
  std::span<const std::byte> lists;  // .debug_rnglists.dwo
};

struct AddressRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};
// A DIE's own address ranges, at most so many of them that a damaged list ends.
std::vector<AddressRange> ranges_of(Dwarf_Die& die, const RangeBase& from);

// From address to compilation unit: by .debug_aranges, and for the units that it leaves out by what they say
// themselves, which is asked only when an address is not in .debug_aranges.
class UnitIndex {
 public:
  explicit UnitIndex(DebugSource& source) : source_(source) {}
  // Where the unit's header stands in .debug_info.
  std::optional<std::uint64_t> find(std::uint64_t address);

 private:
  struct Entry {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint64_t unit = 0;
  };
  void read_table();
  bool read_set(ByteCursor& in);
  void read_units();
  std::optional<std::uint64_t> look_up(std::uint64_t address) const;

  DebugSource& source_;
  bool table_read_ = false;
  bool units_read_ = false;
  std::vector<Entry> entries_;  // sorted by `begin`
};

// From address to function within one unit.
class FunctionIndex {
 public:
  FunctionIndex(Dwarf_Die unit, RangeBase base);
  // The DW_TAG_subprogram whose code covers the address: of several the smallest.
  std::optional<Dwarf_Die> find(std::uint64_t address);

 private:
  struct Entry {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    Dwarf_Off die = 0;
  };
  void collect(Dwarf_Die parent, int depth);
  std::optional<Dwarf_Die> look_up(std::uint64_t address) const;

  Dwarf_Die unit_;
  RangeBase base_;
  bool methods_;                   // types and namespaces may hold functions
  bool within_functions_ = false;  // functions within functions were looked for too
  std::uint64_t longest_ = 0;
  std::uint64_t visited_ = 0;
  std::vector<Entry> entries_;  // sorted by `begin`
};

// Calls that were inlined at an address within a function, outermost first.
std::vector<Dwarf_Die> inlined_at(Dwarf_Die function, std::uint64_t address, const RangeBase& base);

}  // namespace stillframe::binary
