// Members of enum classes, and the classes.
#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "cpython/objects/function_words.h"
#include "cpython/values/fields.h"
#include "cpython/values/kind_lists.h"
#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

// Members of one class that are looked through for the parts of a combination.
constexpr std::uint64_t kMostMembers = 1024;

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

// re.RegexFlag from 3.8 to 3.10 (Lib/re.py): members in their order, then the other bits; of a negative number those
// that it lacks.
std::string regex_flags(Printer& out, const Type& type, std::int64_t value) {
  const bool negative = value < 0;
  std::int64_t rest = negative ? ~value : value;
  std::size_t count = 0;
  std::string text;
  const auto add = [&](const std::string& part) { text += (count++ == 0 ? "" : "|") + part; };
  for (const Bits& member : members_of_class(out, type)) {
    if ((rest & member.value) != 0) {
      rest &= ~member.value;
      add("re." + member.name);
    }
  }
  if (rest != 0) {
    add(fmt::format("{:#x}", rest));
  }
  return !negative ? text : count > 1 ? "~(" + text + ")" : "~" + text;
}

// Whether the decorator global_enum() gave a class its __repr__ (Lib/enum.py, 3.11+): its members are names of a
// module.
bool is_global(Printer& out, const Type& type) {
  const Objects& objects = out.objects();
  if (objects.layout().version < PythonVersion{3, 11, 0}) {
    return false;
  }
  const auto repr = out.types().class_attribute(type, "__repr__");
  const Type* repr_type = repr ? out.types().of(*repr) : nullptr;
  const auto code = repr_type != nullptr && repr_type->name == "function"
                        ? part(objects, *repr, function_words(objects.layout().version).code)
                        : std::nullopt;
  const auto name_at = code ? objects.pointer(*code, objects.layout().code.name) : std::nullopt;
  const auto name = name_at ? objects.text(*name_at) : std::nullopt;
  return name == "global_enum_repr" || name == "global_flag_repr";
}

// global_enum_repr(), global_flag_repr(): the module's name in front of each; bits without a name are numbers.
void put_global(Printer& out, const Type& type, const std::optional<std::string>& names, Address value) {
  std::string_view module = type.qualified;
  module.remove_suffix(std::min(module.size(), type.qualname.size() + 1));
  module = module.substr(module.rfind('.') + 1);
  if (!names) {
    out.put(fmt::format("{}.{}(", module, class_name(type)));
    out.item(value, "_value_");
    out.put(")");
    return;
  }
  std::string_view rest = *names;
  for (bool first = true; first || !rest.empty(); first = false) {
    const std::string_view name = rest.substr(0, rest.find('|'));
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    const bool number = !name.empty() && name.front() >= '0' && name.front() <= '9';
    out.put(fmt::format("{}{}{}{}", first ? "" : "|", number ? "" : module, number ? "" : ".", name));
  }
}

// Those whose repr() is another one than that of enums; false: it is not.
bool put_otherwise(Printer& out, const Instance& object, const Fields& fields, Address value) {
  const PythonVersion version = out.objects().layout().version;
  const auto number = fields.integer("_value_");
  if (object.type.qualified == "re.RegexFlag" && number && version >= PythonVersion{3, 8, 0} &&
      version < PythonVersion{3, 11, 0}) {
    const auto name = fields.text("_name_");
    out.put(name ? "re." + *name : regex_flags(out, object.type, *number));
    return true;
  }
  if (!is_global(out, object.type)) {
    return false;
  }
  put_global(out, object.type, fields.text("_name_"), value);
  return true;
}

bool write_member(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto value = fields.at("_value_");
  if (!value) {
    return out.fail("it has no value");
  }
  if (put_otherwise(out, object, fields, *value)) {
    return true;
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
  const bool flag = out.objects().layout().version >= PythonVersion{3, 11, 0} && type->derives_from("enum.Flag");
  out.put(fmt::format("<{} '{}'>", flag ? "flag" : "enum", type->name));
  return true;
}

constexpr Kind kEnumKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "enum.Enum", .write = write_member, .leads = true, .python_repr = true},
    {.name = "enum.EnumMeta", .write = write_class, .python_repr = true},
    {.name = "enum.EnumType", .write = write_class, .python_repr = true},
};

}  // namespace

std::span<const Kind> enum_kinds() {
  return kEnumKinds;
}

}  // namespace stillframe::cpython
