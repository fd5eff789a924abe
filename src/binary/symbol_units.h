// Which compilation unit an address belongs to, and which of its functions.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace stillframe::binary {

// A DIE's own address ranges, at most so many of them that a damaged list ends.
struct AddressRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};
std::vector<AddressRange> ranges_of(Dwarf_Die& die);

// From address to compilation unit: by .debug_aranges, and for the units that it leaves out by what they say
// themselves, which is asked only when an address is not in .debug_aranges.
class UnitIndex {
 public:
  explicit UnitIndex(Dwarf* dwarf) : dwarf_(dwarf) {}
  std::optional<Dwarf_Die> find(std::uint64_t address);

 private:
  struct Entry {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    Dwarf_Off unit = 0;
  };
  void read_units();

  Dwarf* dwarf_;
  bool units_read_ = false;
  std::vector<Entry> entries_;  // sorted by `begin`
};

// From address to function within one unit.
class FunctionIndex {
 public:
  explicit FunctionIndex(Dwarf_Die unit);
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
  bool within_functions_ = false;  // functions within functions were looked for too
  std::uint64_t longest_ = 0;
  std::uint64_t visited_ = 0;
  std::vector<Entry> entries_;  // sorted by `begin`
};

// Calls that were inlined at an address within a function, outermost first.
std::vector<Dwarf_Die> inlined_at(Dwarf_Die function, std::uint64_t address);

}  // namespace stillframe::binary
