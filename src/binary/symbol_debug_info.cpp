#include "binary/symbol_debug_info.h"

#include <dwarf.h>

#include <limits>
#include <ranges>

#include "binary/symbol_names.h"

namespace stillframe::binary {
namespace {

std::string text_of(Dwarf_Die die, unsigned int name) {
  Dwarf_Attribute attribute;
  const char* const text = dwarf_attr(&die, name, &attribute) == nullptr ? nullptr : dwarf_formstring(&attribute);
  return text == nullptr ? std::string() : std::string(text);
}

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

DebugInfo::DebugInfo(std::unique_ptr<DwarfFile> file, std::string path, OpenFile open_file)
    : file_(std::move(file)), index_(file_->dwarf()), split_(*file_, std::move(path), std::move(open_file)) {}

DebugInfo::Unit* DebugInfo::unit_at(std::uint64_t address) {
  auto die = index_.find(address);
  if (!die) {
    return nullptr;
  }
  Unit& unit = units_[dwarf_dieoffset(&*die)];
  if (!unit.functions) {
    unit.die = *die;
    unit.split = split_.find(*die);
    unit.functions.emplace(unit.split ? unit.split->die : *die, unit.split ? unit.split->base : RangeBase{});
    read_lines(unit);
  }
  return &unit;
}

void DebugInfo::read_lines(Unit& unit) const {
  Dwarf_Attribute attribute;
  Dwarf_Word offset = 0;
  if (dwarf_attr(&unit.die, DW_AT_stmt_list, &attribute) != nullptr && dwarf_formudata(&attribute, &offset) == 0) {
    unit.lines = LineTable::read({.lines = file_->section(".debug_line"),
                                  .line_strings = file_->section(".debug_line_str"),
                                  .strings = file_->section(".debug_str")},
                                 offset, text_of(unit.die, DW_AT_comp_dir));
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
  std::vector<DebugCall> calls;
  Unit* const unit = unit_at(address);
  if (unit == nullptr) {
    return calls;
  }
  DebugCall here;
  set_row(*unit, address, here);
  const auto function = unit->functions->find(address);
  if (!function) {
    calls.push_back(std::move(here));
    return calls;
  }
  const std::vector<Dwarf_Die> inlined = inlined_at(*function, address, unit->split ? unit->split->base : RangeBase{});
  for (const Dwarf_Die& die : std::views::reverse(inlined)) {
    here.function = function_name(die);
    here.inlined = true;
    calls.push_back(std::move(here));
    // Where the call stood, in the function around it.
    here = {};
    const auto file = number_of(die, DW_AT_call_file);
    here.file = file && unit->lines ? unit->lines->path(*file) : std::nullopt;
    here.line = positive(number_of(die, DW_AT_call_line));
    here.column = here.line ? positive(number_of(die, DW_AT_call_column)) : std::nullopt;
  }
  here.function = function_name(*function);
  calls.push_back(std::move(here));
  return calls;
}

}  // namespace stillframe::binary
