// The kinds of objects that are written in a form of their own. docs/values.md shows how to add one.
#pragma once

#include <span>
#include <string_view>

#include "cpython/values/printer.h"
#include "cpython/values/types.h"

namespace stillframe::cpython {

struct Instance {
  Address address = 0;
  const Type& type;
};

struct Kind {
  // The type's name with its module as repr(type) shows it: "dict", "collections.deque", "uuid.UUID".
  std::string_view name;
  // Writes the object as repr() would. False when it makes no sense: what was written of it is taken back, and
  // Printer::fail() may have said why.
  bool (*write)(Printer& out, const Instance& object);
  // What repr() writes where an object contains itself.
  std::string_view cycle = "...";
  // Found anywhere among the bases, it comes before kinds that stand nearer (enum.Enum behind int).
  bool leads = false;
  // Its repr() is written in Python, so that each class has another one and nothing tells which was overridden.
  bool python_repr = false;
  // For what has no base of its own to be known by (dataclasses): asked of each class, before names are.
  bool (*fits)(const Objects& objects, Types& types, const Type& type) = nullptr;
};

// Every kind there is. One list a file; kinds.cpp names the lists.
std::span<const Kind* const> all_kinds();
// The kind of types of that qualified name; null: none.
const Kind* kind_named(std::string_view name);
// The built-in type that such flags belong to, where the name is lost: "str"; empty: none.
std::string_view name_by_flags(std::uint64_t flags);

}  // namespace stillframe::cpython
