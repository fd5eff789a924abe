// What DWARF says about an address: the function, the calls inlined into it, and the source line of each.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "binary/symbol_debug_source.h"
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
  std::optional<std::string> macro;  // in whose expansion the call is
};

class DebugInfo {
 public:
  // `path` is what the target names the file; through `open_files` the files of split units are looked for, and the
  // sources that show which macro a call is in.
  DebugInfo(std::unique_ptr<DebugSource> source, std::string path, OpenFiles open_files);

  // Innermost first. Empty when no unit covers the address. One call without a function: only the line is known.
  std::vector<DebugCall> calls_at(std::uint64_t address);

 private:
  struct Unit {
    std::uint64_t offset = 0;        // of its header in .debug_info
    DebugSource::Unit own;           // for lines; a skeleton where the unit is split
    std::optional<SplitUnit> split;  // for functions, if it is
    std::optional<FunctionIndex> functions;
    std::optional<LineTable> lines;
    std::optional<std::uint64_t> macros;  // DW_AT_macros: where they stand in .debug_macro
  };
  Unit* unit_at(std::uint64_t address);
  bool read(Unit& unit, std::uint64_t offset, bool alone);
  static std::vector<DebugCall> calls_in(Unit& unit, std::uint64_t address, bool& elsewhere);
  void read_lines(Unit& unit);
  void set_macros(Unit& unit, std::vector<DebugCall>& calls);
  static void set_row(const Unit& unit, std::uint64_t address, DebugCall& call);

  std::unique_ptr<DebugSource> source_;
  OpenFile open_source_;
  UnitIndex index_;
  SplitUnits split_;
  std::unordered_map<std::uint64_t, Unit> units_;
};

}  // namespace stillframe::binary
