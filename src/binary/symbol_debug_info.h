// What DWARF says about an address: the function, the calls inlined into it, and the source line of each.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "binary/symbol_dwarf_file.h"
#include "binary/symbol_lines.h"
#include "binary/symbol_split.h"
#include "binary/symbol_units.h"

namespace stillframe::binary {

struct DebugCall {
  std::string function;  // demangled; empty: not named here
  std::optional<std::string> file;
  std::optional<std::int32_t> line;
  std::optional<std::int32_t> column;
  bool inlined = false;
};

class DebugInfo {
 public:
  // `path` is what the target names the file; through `open_file` the files of split units are looked for.
  DebugInfo(std::unique_ptr<DwarfFile> file, std::string path, OpenFile open_file);

  // Innermost first. Empty when no unit covers the address. One call without a function: only the line is known.
  std::vector<DebugCall> calls_at(std::uint64_t address);

 private:
  struct Unit {
    Dwarf_Die die{};                 // for lines; a skeleton where the unit is split
    std::optional<SplitUnit> split;  // for functions, if it is
    std::optional<FunctionIndex> functions;
    std::optional<LineTable> lines;
  };
  Unit* unit_at(std::uint64_t address);
  void read_lines(Unit& unit) const;
  static void set_row(const Unit& unit, std::uint64_t address, DebugCall& call);

  std::unique_ptr<DwarfFile> file_;
  UnitIndex index_;
  SplitUnits split_;
  std::unordered_map<Dwarf_Off, Unit> units_;
};

}  // namespace stillframe::binary
