#include "binary/symbol_debug_info.h"

#include <dwarf.h>

#include <algorithm>
#include <limits>
#include <ranges>

#include "binary/symbol_macros.h"
#include "binary/symbol_names.h"
#include "binary/symbol_source_lines.h"

namespace stillframe::binary {
namespace {

// Each unit that is shown alone has a mapping of its own, whose pages count again: 0.3 MB. Beyond so many, all of them
// together cost less.
constexpr std::size_t most_alone = 24;

std::optional<Dwarf_Word> number_of(Dwarf_Die die, unsigned int name) {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  return dwarf_attr(&die, name, &attribute) != nullptr && dwarf_formudata(&attribute, &value) == 0
             ? std::optional(value)
             : std::nullopt;
}

// Lines and columns count from 1; 0 stands for none.
std::optional<std::int32_t> positive(std::optional<std::uint64_t> value) {
  return value && *value > 0 && *value <= static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max())
             ? std::optional(static_cast<std::int32_t>(*value))
             : std::nullopt;
}

}  // namespace

DebugInfo::DebugInfo(std::unique_ptr<DebugSource> source, std::string path, OpenFiles open_files)
    : source_(std::move(source)),
      open_source_(std::move(open_files.source)),
      index_(*source_),
      split_(*source_, std::move(path), std::move(open_files.debug_file), open_files.access) {}

DebugInfo::Unit* DebugInfo::unit_at(std::uint64_t address) {
  const auto offset = index_.find(address);
  if (!offset) {
    return nullptr;
  }
  const auto known = units_.find(*offset);
  if (known != units_.end()) {
    return &known->second;
  }
  Unit unit;
  return read(unit, *offset, units_.size() < most_alone) ? &units_.emplace(*offset, std::move(unit)).first->second
                                                         : nullptr;
}

bool DebugInfo::read(Unit& unit, std::uint64_t offset, bool alone) {
  auto own = source_->unit(offset, alone);
  if (!own) {
    return false;
  }
  unit.functions.reset();
  unit.offset = offset;
  unit.own = std::move(*own);
  unit.split = split_.find(unit.own.die);
  unit.functions.emplace(unit.split ? unit.split->die : unit.own.die, unit.split ? unit.split->base : RangeBase{});
  read_lines(unit);
  return true;
}

void DebugInfo::read_lines(Unit& unit) {
  Dwarf_Attribute attribute;
  Dwarf_Word offset = 0;
  if (dwarf_attr(&unit.own.die, DW_AT_stmt_list, &attribute) != nullptr && dwarf_formudata(&attribute, &offset) == 0) {
    unit.lines = LineTable::read({.lines = source_->through_unit(".debug_line", offset),
                                  .line_strings = source_->section(".debug_line_str"),
                                  .strings = source_->section(".debug_str")},
                                 offset, text_of(unit.own.die, DW_AT_comp_dir));
  }
  unit.macros = number_of(unit.own.die, DW_AT_macros);
  unit.macros = unit.macros ? unit.macros : number_of(unit.own.die, DW_AT_GNU_macros);
}

// Needs the source, of which only the lines in question are looked at.
void DebugInfo::set_macros(Unit& unit, std::vector<DebugCall>& calls) {
  if (!unit.macros || !unit.lines) {
    return;
  }
  const auto offsets = source_->section(".debug_str_offsets");
  const std::uint64_t base =
      std::min<std::uint64_t>(number_of(unit.own.die, DW_AT_str_offsets_base).value_or(8), offsets.size());
  const MacroSections sections{.macros = source_->section(".debug_macro"),
                               .strings = source_->section(".debug_str"),
                               .string_offsets = offsets.subspan(base)};
  std::string_view called;
  for (DebugCall& call : calls) {
    if (call.file && call.line) {
      SourceLines lines(open_source_, *call.file);
      auto source = lines.next();
      for (std::int32_t line = 1; source && line < *call.line; ++line) {
        source = lines.next();
      }
      call.macro = source ? macro_at(sections, *unit.macros, *unit.lines,
                                     {.file = *call.file,
                                      .line = *call.line,
                                      .column = call.column,
                                      .source = *source,
                                      .called = called})
                          : std::nullopt;
    }
    called = call.function;
  }
}

void DebugInfo::set_row(const Unit& unit, std::uint64_t address, DebugCall& call) {
  const auto row = unit.lines ? unit.lines->find(address) : std::nullopt;
  if (row) {
    call.file = unit.lines->path(row->file);
    call.line = positive(row->line);
    call.column = call.line ? positive(row->column) : std::nullopt;
  }
}

std::vector<DebugCall> DebugInfo::calls_at(std::uint64_t address) {
  Unit* const unit = unit_at(address);
  if (unit == nullptr) {
    return {};
  }
  bool elsewhere = false;
  std::vector<DebugCall> calls = calls_in(*unit, address, elsewhere);
  if (elsewhere && unit->own.file != nullptr && read(*unit, unit->offset, false)) {
    calls = calls_in(*unit, address, elsewhere);
  }
  set_macros(*unit, calls);
  return calls;
}

std::vector<DebugCall> DebugInfo::calls_in(Unit& unit, std::uint64_t address, bool& elsewhere) {
  std::vector<DebugCall> calls;
  // A split unit is shown with all that its file holds.
  const bool alone = unit.own.file != nullptr && !unit.split;
  DebugCall here;
  set_row(unit, address, here);
  const auto function = unit.functions->find(address);
  if (!function) {
    calls.push_back(std::move(here));
    return calls;
  }
  const std::vector<Dwarf_Die> inlined = inlined_at(*function, address, unit.split ? unit.split->base : RangeBase{});
  for (const Dwarf_Die& die : std::views::reverse(inlined)) {
    here.function = function_name(die, alone, elsewhere);
    here.inlined = true;
    calls.push_back(std::move(here));
    // Where the call stood, in the function around it.
    here = {};
    const auto file = number_of(die, DW_AT_call_file);
    here.file = file && unit.lines ? unit.lines->path(*file) : std::nullopt;
    here.line = positive(number_of(die, DW_AT_call_line));
    here.column = here.line ? positive(number_of(die, DW_AT_call_column)) : std::nullopt;
  }
  here.function = function_name(*function, alone, elsewhere);
  calls.push_back(std::move(here));
  return calls;
}

}  // namespace stillframe::binary
