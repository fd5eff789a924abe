#include "binary/symbol_names.h"

#include <dwarf.h>

#include <optional>

#include "binary/demangle.h"

namespace stillframe::binary {
namespace {

// A concrete function points at its abstract one, that at its declaration. More steps than this are a cycle.
constexpr int longest_chain = 16;
constexpr int deepest_scope = 64;
constexpr int most_siblings = 1 << 20;
// Not in Debian 12's dwarf.h.
constexpr int lang_c17 = 0x2c;
constexpr int lang_c23 = 0x3e;

// The DIE that this one is an instance of, or that declares it.
std::optional<Dwarf_Die> origin_of(Dwarf_Die die, bool alone, bool& elsewhere) {
  Dwarf_Attribute origin;
  Dwarf_Die next;
  if (dwarf_attr(&die, DW_AT_abstract_origin, &origin) == nullptr &&
      dwarf_attr(&die, DW_AT_specification, &origin) == nullptr) {
    return std::nullopt;
  }
  if (alone && (origin.form == DW_FORM_ref_addr || origin.form == DW_FORM_ref_sig8)) {
    elsewhere = true;
    return std::nullopt;
  }
  return dwarf_formref_die(&origin, &next) == nullptr ? std::nullopt : std::optional(next);
}

std::string scope_name(Dwarf_Die& die) {
  switch (dwarf_tag(&die)) {
    case DW_TAG_namespace: {
      const std::string name = text_of(die, DW_AT_name);
      return (name.empty() ? "(anonymous namespace)" : name) + "::";
    }
    case DW_TAG_class_type:
    case DW_TAG_structure_type:
    case DW_TAG_union_type:
    case DW_TAG_module: {
      const std::string name = text_of(die, DW_AT_name);
      return name.empty() ? "" : name + "::";
    }
    default:
      return {};
  }
}

// The scopes around a DIE, "shop::Order::". DIEs have no way up: goes down from the unit to what stands around it.
std::string scopes_around(Dwarf_Die die) {
  std::string scopes;
  const Dwarf_Off wanted = dwarf_dieoffset(&die);
  Dwarf_Die parent;
  if (dwarf_diecu(&die, &parent, nullptr, nullptr) == nullptr) {
    return scopes;
  }
  for (int depth = 0; depth < deepest_scope; ++depth) {
    Dwarf_Die child;
    if (dwarf_child(&parent, &child) != 0) {
      return scopes;
    }
    // The last one that does not begin behind it.
    for (int count = 0; count < most_siblings; ++count) {
      Dwarf_Die next;
      if (dwarf_siblingof(&child, &next) != 0 || dwarf_dieoffset(&next) > wanted) {
        break;
      }
      child = next;
    }
    if (dwarf_dieoffset(&child) >= wanted) {
      return scopes;
    }
    scopes += scope_name(child);
    parent = child;
  }
  return scopes;
}

}  // namespace

std::string text_of(Dwarf_Die die, unsigned int name) {
  Dwarf_Attribute attribute;
  const char* const text = dwarf_attr(&die, name, &attribute) == nullptr ? nullptr : dwarf_formstring(&attribute);
  return text == nullptr ? std::string() : std::string(text);
}

bool is_plain_c(Dwarf_Die die) {
  Dwarf_Die unit;
  if (dwarf_diecu(&die, &unit, nullptr, nullptr) == nullptr) {
    return true;
  }
  switch (dwarf_srclang(&unit)) {
    case DW_LANG_C:
    case DW_LANG_C89:
    case DW_LANG_C99:
    case DW_LANG_C11:
    case lang_c17:
    case lang_c23:
    case DW_LANG_Mips_Assembler:
      return true;
    default:
      return false;
  }
}

std::string function_name(Dwarf_Die die, bool alone, bool& elsewhere) {
  std::string plain;
  for (int step = 0; step < longest_chain; ++step) {
    for (const unsigned int name : {DW_AT_linkage_name, DW_AT_MIPS_linkage_name}) {
      if (auto whole = demangle(text_of(die, name))) {
        return std::move(*whole);
      }
    }
    // A linkage name that is not mangled is an asm label's: the source's name says more.
    plain = plain.empty() ? text_of(die, DW_AT_name) : plain;
    const auto origin = origin_of(die, alone, elsewhere);
    if (!origin) {
      break;
    }
    die = *origin;
  }
  return plain.empty() || is_plain_c(die) ? plain : scopes_around(die) + plain;
}

}  // namespace stillframe::binary
