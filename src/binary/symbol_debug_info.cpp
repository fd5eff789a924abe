#include "binary/symbol_debug_info.h"

#include <dwarf.h>

#include <limits>

#include "binary/demangle.h"

namespace stillframe::binary {
namespace {

// A concrete function points at its abstract one, that at its declaration. More steps than this are a cycle.
constexpr int longest_chain = 16;
// A line program of more bytes than this is no compiler's: each byte may make a row of 56 bytes.
constexpr std::uint32_t longest_line_program = std::uint32_t{1} << 23U;

// The attribute of the DIE or of what it is an instance of.
std::optional<Dwarf_Attribute> integrated(Dwarf_Die die, unsigned int first, unsigned int second) {
  for (int step = 0; step < longest_chain; ++step) {
    Dwarf_Attribute attribute;
    if (dwarf_attr(&die, first, &attribute) != nullptr ||
        (second != 0 && dwarf_attr(&die, second, &attribute) != nullptr)) {
      return attribute;
    }
    Dwarf_Attribute origin;
    Dwarf_Die next;
    if ((dwarf_attr(&die, DW_AT_abstract_origin, &origin) == nullptr &&
         dwarf_attr(&die, DW_AT_specification, &origin) == nullptr) ||
        dwarf_formref_die(&origin, &next) == nullptr) {
      break;
    }
    die = next;
  }
  return std::nullopt;
}

std::string text_of(std::optional<Dwarf_Attribute> attribute) {
  const char* const text = attribute ? dwarf_formstring(&*attribute) : nullptr;
  return text == nullptr ? std::string() : std::string(text);
}

std::string name_of(Dwarf_Die die) {
  if (const auto whole = demangle(text_of(integrated(die, DW_AT_linkage_name, DW_AT_MIPS_linkage_name)))) {
    return *whole;
  }
  // C, `extern "C"`, and what has a linkage name of its own by an asm label.
  return text_of(integrated(die, DW_AT_name, 0));
}

std::optional<std::int32_t> number_of(Dwarf_Die die, unsigned int name) {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  if (dwarf_attr(&die, name, &attribute) == nullptr || dwarf_formudata(&attribute, &value) != 0 || value == 0 ||
      value > static_cast<Dwarf_Word>(std::numeric_limits<std::int32_t>::max())) {
    return std::nullopt;
  }
  return static_cast<std::int32_t>(value);
}

std::optional<std::string> path_of(const char* name, const std::string& directory) {
  if (name == nullptr || *name == '\0' || std::string_view(name) == "???") {
    return std::nullopt;
  }
  return *name == '/' || directory.empty() ? std::string(name) : directory + "/" + name;
}

std::optional<std::int32_t> positive(int value) {
  return value > 0 ? std::optional<std::int32_t>(value) : std::nullopt;
}

}  // namespace

DebugInfo::DebugInfo(std::unique_ptr<DwarfFile> file) : file_(std::move(file)), index_(file_->dwarf()) {}

DebugInfo::Unit* DebugInfo::unit_at(std::uint64_t address) {
  auto die = index_.find(address);
  if (!die) {
    return nullptr;
  }
  Unit& unit = units_[dwarf_dieoffset(&*die)];
  if (!unit.functions) {
    unit.die = *die;
    unit.functions.emplace(*die);
    Dwarf_Attribute attribute;
    unit.directory = dwarf_attr(&*die, DW_AT_comp_dir, &attribute) == nullptr ? "" : text_of(attribute);
    read_lines(unit);
  }
  return &unit;
}

void DebugInfo::read_lines(Unit& unit) const {
  Dwarf_Attribute attribute;
  Dwarf_Word offset = 0;
  if (dwarf_attr(&unit.die, DW_AT_stmt_list, &attribute) == nullptr || dwarf_formudata(&attribute, &offset) != 0) {
    return;
  }
  const auto length = value_at<std::uint32_t>(file_->section(".debug_line"), offset);
  if (!length || *length > longest_line_program) {
    return;
  }
  std::size_t count = 0;
  unit.lines_sound = dwarf_getsrclines(&unit.die, &unit.lines, &count) == 0 && count > 0;
  if (dwarf_getsrcfiles(&unit.die, &unit.files, &count) != 0) {
    unit.files = nullptr;
  }
}

void DebugInfo::set_row(Unit& unit, std::uint64_t address, DebugCall& call) const {
  Dwarf_Line* const row = unit.lines_sound ? dwarf_getsrc_die(&unit.die, address) : nullptr;
  if (row == nullptr) {
    return;
  }
  int value = 0;
  call.file = path_of(dwarf_linesrc(row, nullptr, nullptr), unit.directory);
  call.line = dwarf_lineno(row, &value) == 0 ? positive(value) : std::nullopt;
  call.column = dwarf_linecol(row, &value) == 0 && call.line ? positive(value) : std::nullopt;
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
  const std::vector<Dwarf_Die> inlined = inlined_at(*function, address);
  for (auto die = inlined.rbegin(); die != inlined.rend(); ++die) {
    here.function = name_of(*die);
    here.inlined = true;
    calls.push_back(std::move(here));
    // Where the call stood, in the function around it.
    here = {};
    const auto file = number_of(*die, DW_AT_call_file);
    here.file =
        file && unit->files != nullptr
            ? path_of(dwarf_filesrc(unit->files, static_cast<std::size_t>(*file), nullptr, nullptr), unit->directory)
            : std::nullopt;
    here.line = number_of(*die, DW_AT_call_line);
    here.column = here.line ? number_of(*die, DW_AT_call_column) : std::nullopt;
  }
  here.function = name_of(*function);
  calls.push_back(std::move(here));
  return calls;
}

}  // namespace stillframe::binary
