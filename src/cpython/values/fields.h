// The attributes of an object by name, for kinds that are written in Python, whose state is in their attributes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cpython/values/attributes.h"
#include "cpython/values/kinds.h"

namespace stillframe::cpython {

// All attributes of one object, read once. Names are those of the source; what a class of 2.7 calls `__lock` is asked
// for as the interpreter mangles it: "_Condition__lock".
class Fields {
 public:
  Fields(const Printer& out, const Instance& object);

  [[nodiscard]] std::optional<Address> at(std::string_view name) const;
  // The first of them that there is.
  [[nodiscard]] std::optional<Address> at(std::string_view name, std::string_view or_else) const;
  [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name) const;
  // True, False; nothing for what is neither.
  [[nodiscard]] std::optional<bool> truth(std::string_view name) const;
  [[nodiscard]] bool is_none(std::string_view name) const;
  // How many items the list, tuple, deque, dict or set of that name has.
  [[nodiscard]] std::optional<std::uint64_t> length(std::string_view name) const;
  [[nodiscard]] const std::vector<Attribute>& all() const { return found_.list; }

 private:
  const Objects& objects_;
  Attributes found_;
};

// __name__ of a class: what many a repr() begins with.
inline std::string_view class_name(const Type& type) {
  const std::string_view name = type.name;
  return name.substr(name.rfind('.') + 1);
}

// How many items a list, tuple, deque, dict or set has; nothing where that makes no sense.
std::optional<std::uint64_t> length_of(const Objects& objects, Address container);
std::optional<std::int64_t> signed_integer(const Objects& objects, std::optional<Address> object);
// None, of which there is one.
bool is_none(const Objects& objects, Address object);
// A text that is put together from several, in quotes, as far as the limits go.
void put_quoted(Printer& out, std::u32string_view text);
// A str of the target as repr() writes it but without its quotes' meaning: `name` in <Logger name>, cut where it is
// long.
void put_bare(Printer& out, std::optional<Address> text);
// "<module.Class object at 0x…>", as repr() begins for classes of Python code that have a state to add.
void put_place(Printer& out, const Instance& object);

}  // namespace stillframe::cpython
