#include "cpython/runtime/debug_structures.h"

#include <dwarf.h>

#include <algorithm>

namespace stillframe::cpython {
namespace {

// PyInterpreterState is some hundred kilobytes; nothing that is read is larger.
constexpr std::uint64_t kMaxDescribedStructure = std::uint64_t{4} << 20U;
// DIEs looked at before giving up: the two units of 3.13 have 4,000 at their top and as many members.
constexpr std::uint32_t kMaxSteps = 400'000;

// The parts of "a | b" or "a.b", one after another.
std::string_view take_part(std::string_view& rest, std::string_view separator) {
  const auto end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + separator.size());
  return part;
}

std::uint64_t member_offset(Dwarf_Die& member) {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  if (dwarf_attr(&member, DW_AT_data_member_location, &attribute) != nullptr) {
    if (dwarf_formudata(&attribute, &value) == 0) {
      return std::min<std::uint64_t>(value, kMaxDescribedStructure + 1);
    }
    // DWARF 2: an expression that adds a constant.
    Dwarf_Op* operations = nullptr;
    std::size_t count = 0;
    if (dwarf_getlocation(&attribute, &operations, &count) == 0 && count == 1 &&
        operations[0].atom == DW_OP_plus_uconst) {
      return std::min<std::uint64_t>(operations[0].number, kMaxDescribedStructure + 1);
    }
    return kMaxDescribedStructure + 1;
  }
  if (dwarf_attr(&member, DW_AT_data_bit_offset, &attribute) != nullptr && dwarf_formudata(&attribute, &value) == 0) {
    return std::min<std::uint64_t>(value / 8, kMaxDescribedStructure + 1);
  }
  return 0;  // a member of a union
}

}  // namespace

DebugStructures::DebugStructures(std::span<Dwarf_Die> units, std::span<const WantedStructure> wanted) {
  for (const WantedStructure& one : wanted) {
    for (std::string_view rest = one.types; !rest.empty();) {
      wanted_.emplace(take_part(rest, " | "), one.group);
    }
  }
  for (Dwarf_Die& unit : units) {
    collect(unit);
  }
}

std::optional<Offset> DebugStructures::size(std::string_view group) {
  const auto found = by_group_.find(group);
  const int size = found != by_group_.end() ? dwarf_bytesize(&found->second) : -1;
  return size > 0 && static_cast<std::uint64_t>(size) <= kMaxDescribedStructure
             ? std::optional(Offset(static_cast<std::uint32_t>(size)))
             : std::nullopt;
}

std::optional<Offset> DebugStructures::offset(std::string_view group, std::string_view paths) {
  const auto structure = by_group_.find(group);
  if (structure == by_group_.end()) {
    return std::nullopt;
  }
  unclear_ = false;
  while (!paths.empty()) {
    const auto at = path_offset(structure->second, take_part(paths, " | "));
    if (steps_ > kMaxSteps) {
      return std::nullopt;
    }
    if (at) {
      return *at <= kMaxDescribedStructure ? std::optional(Offset(static_cast<std::uint32_t>(*at))) : std::nullopt;
    }
  }
  return unclear_ || nameless_ ? std::nullopt : std::optional(absent);
}

bool DebugStructures::step() {
  return ++steps_ <= kMaxSteps;
}

// dwarf_diename() would follow references to other DIEs as well, at three times the cost.
const char* DebugStructures::name_of(Dwarf_Die& die) {
  Dwarf_Attribute attribute;
  if (dwarf_attr(&die, DW_AT_name, &attribute) == nullptr) {
    return nullptr;
  }
  const char* name = dwarf_formstring(&attribute);
  nameless_ = nameless_ || name == nullptr;
  return name;
}

void DebugStructures::collect(Dwarf_Die& unit) {
  Dwarf_Die die;
  for (int end = dwarf_child(&unit, &die); end == 0 && step(); end = dwarf_siblingof(&die, &die)) {
    const int tag = dwarf_tag(&die);
    if (tag != DW_TAG_typedef && tag != DW_TAG_structure_type) {
      continue;
    }
    const char* name = name_of(die);
    if (name == nullptr) {
      continue;
    }
    if (tag == DW_TAG_structure_type) {
      struct_name_.assign("struct ").append(name);
    }
    const auto group = wanted_.find(tag == DW_TAG_typedef ? std::string_view(name) : std::string_view(struct_name_));
    if (group == wanted_.end() || by_group_.contains(group->second)) {
      continue;
    }
    if (const auto structure = behind(die)) {
      by_group_.emplace(group->second, *structure);
    }
  }
}

// The complete structure or union behind typedefs and qualifiers.
std::optional<Dwarf_Die> DebugStructures::behind(Dwarf_Die die) {
  constexpr int kMaxNames = 16;
  for (int i = 0; i < kMaxNames; ++i) {
    const int tag = dwarf_tag(&die);
    if (tag == DW_TAG_structure_type || tag == DW_TAG_union_type) {
      return dwarf_hasattr(&die, DW_AT_declaration) != 0 ? std::nullopt : std::optional(die);
    }
    if (tag != DW_TAG_typedef && tag != DW_TAG_const_type && tag != DW_TAG_volatile_type) {
      return std::nullopt;
    }
    const auto next = type_attribute(die);
    if (!next) {
      return std::nullopt;
    }
    die = *next;
  }
  return std::nullopt;
}

// What DW_AT_type leads to, within the same unit: the others' places are not what they were in the file.
std::optional<Dwarf_Die> DebugStructures::type_attribute(Dwarf_Die& die) {
  Dwarf_Attribute attribute;
  Dwarf_Die type;
  if (dwarf_attr(&die, DW_AT_type, &attribute) == nullptr) {
    return std::nullopt;
  }
  if (dwarf_whatform(&attribute) == DW_FORM_ref_addr || dwarf_formref_die(&attribute, &type) == nullptr) {
    unclear_ = true;
    return std::nullopt;
  }
  return type;
}

std::optional<Dwarf_Die> DebugStructures::type_of(Dwarf_Die member) {
  const auto type = type_attribute(member);
  return type ? behind(*type) : std::nullopt;
}

// The members of a structure, read once.
const std::vector<DebugStructures::Member>& DebugStructures::members(Dwarf_Die& structure) {
  const auto [known, fresh] = members_.try_emplace(structure.addr);
  Dwarf_Die die;
  for (int end = fresh ? dwarf_child(&structure, &die) : 1; end == 0 && step(); end = dwarf_siblingof(&die, &die)) {
    if (dwarf_tag(&die) == DW_TAG_member) {
      const char* name = name_of(die);
      known->second.push_back({.name = name != nullptr ? name : "", .die = die, .offset = member_offset(die)});
    }
  }
  return known->second;
}

// A member by name, also through structures without one.
std::optional<DebugStructures::Member> DebugStructures::member(Dwarf_Die& structure, std::string_view name, int depth) {
  constexpr int kMaxDepth = 4;
  for (const Member& one : members(structure)) {
    if (one.name == name) {
      return one;
    }
    if (!one.name.empty() || depth == kMaxDepth || !step()) {
      continue;
    }
    if (auto nameless = type_of(one.die)) {
      if (auto found = member(*nameless, name, depth + 1)) {
        found->offset += one.offset;
        return found;
      }
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> DebugStructures::path_offset(Dwarf_Die structure, std::string_view path) {
  std::uint64_t offset = 0;
  while (true) {
    const auto found = member(structure, take_part(path, "."), 0);
    if (!found) {
      return std::nullopt;
    }
    offset += found->offset;
    if (path.empty()) {
      return offset;
    }
    const auto type = type_of(found->die);
    if (!type) {
      return std::nullopt;
    }
    structure = *type;
  }
}

}  // namespace stillframe::cpython
