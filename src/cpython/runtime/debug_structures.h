// Where the members of structures stand, as debug information tells it.
#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cpython/dialects/layout.h"

namespace stillframe::cpython {

// A structure to look for: under which name it is asked for, and the names it may have in C, separated by " | ".
struct WantedStructure {
  std::string_view group;  // "interpreter"
  std::string_view types;  // "PyInterpreterState | struct _is"
};

// What the debug information of some compilation units says of the wanted structures.
class DebugStructures {
 public:
  DebugStructures(std::span<Dwarf_Die> units, std::span<const WantedStructure> wanted);

  // The size of a structure that is complete there.
  [[nodiscard]] std::optional<Offset> size(std::string_view group);

  // The offset in a structure of the first of the paths ("a | b.c") that leads to a member; `absent` where none does,
  // nothing when the structure is not complete there or the debug information is too strange to tell.
  [[nodiscard]] std::optional<Offset> offset(std::string_view group, std::string_view paths);

 private:
  struct Member {
    std::string_view name;  // empty: a structure without a name
    Dwarf_Die die;
    std::uint64_t offset = 0;
  };

  bool step();
  const char* name_of(Dwarf_Die& die);
  void collect(Dwarf_Die& unit);
  std::optional<Dwarf_Die> behind(Dwarf_Die die);
  std::optional<Dwarf_Die> type_attribute(Dwarf_Die& die);
  std::optional<Dwarf_Die> type_of(Dwarf_Die member);
  const std::vector<Member>& members(Dwarf_Die& structure);
  std::optional<Member> member(Dwarf_Die& structure, std::string_view name, int depth);
  std::optional<std::uint64_t> path_offset(Dwarf_Die structure, std::string_view path);

  std::unordered_map<std::string_view, std::string_view> wanted_;  // a type's name -> its group
  std::unordered_map<std::string_view, Dwarf_Die> by_group_;
  std::unordered_map<const void*, std::vector<Member>> members_;
  std::string struct_name_;
  std::uint32_t steps_ = 0;
  bool nameless_ = false;  // a name is kept in another file (dwz): what was not found may be there
  bool unclear_ = false;   // a type could not be followed: that a member was not found says nothing
};

}  // namespace stillframe::cpython
