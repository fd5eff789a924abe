#include "cpython/values/fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "cpython/values/text_repr.h"

namespace stillframe::cpython {
namespace {

// No class of the library has more attributes; what users add to an object of theirs may come behind.
constexpr std::uint64_t kMostAttributes = 256;
constexpr std::uint64_t kMostText = 4096;
// No container holds more: its pointers would not fit into the address space.
constexpr std::uint64_t kMostItems = std::uint64_t{1} << 44U;

}  // namespace

Fields::Fields(const Printer& out, const Instance& object)
    : objects_(out.objects()), found_(attributes_of(out.objects(), object.address, object.type, kMostAttributes)) {}

std::optional<Address> Fields::at(std::string_view name) const {
  const auto found = std::ranges::find(found_.list, name, &Attribute::name);
  return found == found_.list.end() ? std::nullopt : std::optional(found->value);
}

std::optional<Address> Fields::at(std::string_view name, std::string_view or_else) const {
  const auto found = at(name);
  return found ? found : at(or_else);
}

std::optional<std::string> Fields::text(std::string_view name) const {
  const auto found = at(name);
  const auto type = found ? objects_.type_of(*found) : std::nullopt;
  const auto flags = type ? objects_.field<std::uint64_t>(*type, objects_.layout().type.flags) : std::nullopt;
  // str, and 2.7's str, which later is bytes.
  const auto either = static_cast<std::uint64_t>(kTextSubclass) | static_cast<std::uint64_t>(kBytesSubclass);
  return flags && (*flags & either) != 0 ? objects_.text(*found, kMostText) : std::nullopt;
}

std::optional<std::int64_t> Fields::integer(std::string_view name) const {
  return signed_integer(objects_, at(name));
}

std::optional<bool> Fields::truth(std::string_view name) const {
  const auto found = at(name);
  return found ? objects_.truth(*found) : std::nullopt;
}

bool Fields::is_none(std::string_view name) const {
  const auto found = at(name);
  return found && cpython::is_none(objects_, *found);
}

std::optional<std::uint64_t> Fields::length(std::string_view name) const {
  const auto found = at(name);
  return found ? length_of(objects_, *found) : std::nullopt;
}

std::optional<std::int64_t> signed_integer(const Objects& objects, std::optional<Address> object) {
  const auto type = object ? objects.type_of(*object) : std::nullopt;
  const auto flags = type ? objects.field<std::uint64_t>(*type, objects.layout().type.flags) : std::nullopt;
  const auto name = flags && (*flags & (kIntSubclass | kLongSubclass)) == 0 ? objects.type_name(*type) : std::nullopt;
  // Fake and cut memory has types without flags.
  if (!flags || ((*flags & (kIntSubclass | kLongSubclass)) == 0 && name != "int" && name != "bool" && name != "long")) {
    return std::nullopt;
  }
  return objects.signed_integer(*object);
}

bool is_none(const Objects& objects, Address object) {
  const auto type = objects.type_of(object);
  return type && objects.type_name(*type) == "NoneType";
}

std::optional<std::uint64_t> length_of(const Objects& objects, Address container) {
  const auto type = objects.type_of(container);
  const auto flags = type ? objects.field<std::uint64_t>(*type, objects.layout().type.flags).value_or(0) : 0;
  const auto name = type ? objects.type_name(*type) : std::nullopt;
  if (!name) {
    return std::nullopt;
  }
  const Layout& layout = objects.layout();
  Offset at = absent;
  if ((flags & (kListSubclass | kTupleSubclass)) != 0 || name == "list" || name == "tuple") {
    at = layout.var_object.size_field;
  } else if ((flags & kDictSubclass) != 0 || name == "dict") {
    at = layout.dict.used;
  } else if (name == "set" || name == "frozenset") {
    // PySetObject (Include/cpython/setobject.h): fill, used.
    at = layout.object.type.value() + 16;
  } else if (name == "collections.deque") {
    // leftblock, rightblock, leftindex, rightindex, len.
    at = objects.dialect().library.deque_counts_itself ? Offset(layout.object.type.value() + 40)
                                                       : layout.var_object.size_field;
  }
  const auto count = objects.field<std::uint64_t>(container, at);
  return count && *count <= kMostItems ? count : std::nullopt;
}

void put_quoted(Printer& out, std::u32string_view text) {
  const std::u32string_view shown = text.substr(0, std::min<std::uint64_t>(text.size(), out.limits().max_string));
  std::string quoted;
  append_text_repr(quoted, out.without_secrets(std::u32string(shown), shown.size() < text.size()));
  out.put(quoted);
  if (shown.size() < text.size()) {
    out.more_of_text(text.size() - shown.size(), "characters");
  }
}

void put_bare(Printer& out, std::optional<Address> text) {
  constexpr std::uint64_t kMostBare = 512;
  const auto known = text ? out.objects().text(*text, kMostBare) : std::nullopt;
  known ? out.put(out.without_secrets(*known, known->size() >= kMostBare)) : out.unreadable("a name");
}

void put_place(Printer& out, const Instance& object) {
  out.put(fmt::format("<{} at {:#x}", object.type.qualified, object.address));
}

}  // namespace stillframe::cpython
