// Members of enum classes, and the classes.
#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "cpython/values/fields.h"
#include "cpython/values/kind_lists.h"

namespace stillframe::cpython {
namespace {

// Members of one class that are looked through for the parts of a combination.
constexpr std::uint64_t kMostMembers = 1024;

bool derives_from(const Type& type, std::string_view name) {
  return type.qualified == name ||
         std::ranges::any_of(type.mro, [&](const Type* base) { return base->qualified == name; });
}

struct Bits {
  std::int64_t value = 0;
  std::string name;
};

// The members of a flag class with their values, from _member_map_ of the class.
std::vector<Bits> members_of_class(Printer& out, const Type& type) {
  std::vector<Bits> members;
  const Objects& objects = out.objects();
  const auto map = out.types().class_attribute(type, "_member_map_");
  if (map) {
    objects.for_each_entry(*map, [&](Address key, Address member) {
      const Fields fields(out, {.address = member, .type = type});
      const auto value = fields.integer("_value_");
      auto name = objects.text(key);
      if (value && name && fields.text("_name_") == name) {
        members.push_back({.value = *value, .name = std::move(*name)});
      }
      return members.size() < kMostMembers;
    });
  }
  return members;
}

// Lib/enum.py to 3.10: a combination has no name, Flag.__repr__ finds the members that it is made of (_decompose), the
// highest first. Bits that no member has (IntFlag) stand as numbers.
std::string parts_of_combination(Printer& out, const Type& type, std::int64_t value) {
  std::vector<Bits> parts;
  std::int64_t rest = value;
  for (Bits& member : members_of_class(out, type)) {
    if (member.value != 0 && (member.value & value) == member.value) {
      rest &= ~member.value;
      parts.push_back(std::move(member));
    }
  }
  while (value > 0 && rest > 0) {
    const std::int64_t highest = std::int64_t{1} << (63 - std::countl_zero(static_cast<std::uint64_t>(rest)));
    parts.push_back({.value = highest, .name = fmt::format("{}", highest)});
    rest &= ~highest;
  }
  if (parts.empty()) {
    return fmt::format("{}", value);
  }
  std::ranges::stable_sort(parts, std::ranges::greater(), &Bits::value);
  std::string text;
  for (const Bits& part : parts) {
    text += (text.empty() ? "" : "|") + part.name;
  }
  return text;
}

bool write_member(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto value = fields.at("_value_");
  if (!value) {
    return out.fail("it has no value");
  }
  out.put("<");
  out.put(class_name(object.type));
  if (const auto name = fields.text("_name_")) {
    out.put("." + *name);
  } else if (out.objects().layout().version < PythonVersion{3, 11, 0}) {
    const auto bits = fields.integer("_value_");
    out.put("." + (bits ? parts_of_combination(out, object.type, *bits) : "?"));
  }
  out.put(": ");
  out.item(*value, "_value_");
  out.put(">");
  return true;
}

// EnumMeta.__repr__ in Lib/enum.py.
bool write_class(Printer& out, const Instance& object) {
  const Type* type = out.types().find(object.address);
  if (type == nullptr) {
    return out.fail("it is no sound class");
  }
  const bool flag = out.objects().layout().version >= PythonVersion{3, 11, 0} && derives_from(*type, "enum.Flag");
  out.put(fmt::format("<{} '{}'>", flag ? "flag" : "enum", type->name));
  return true;
}

constexpr Kind kKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "enum.Enum", .write = write_member, .leads = true, .python_repr = true},
    {.name = "enum.EnumMeta", .write = write_class, .python_repr = true},
    {.name = "enum.EnumType", .write = write_class, .python_repr = true},
};

}  // namespace

std::span<const Kind> enum_kinds() {
  return kKinds;
}

}  // namespace stillframe::cpython
