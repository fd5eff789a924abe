// Classes that are little but their fields: dataclasses, attrs, argparse.Namespace.
#include <algorithm>

#include "cpython/values/fields.h"
#include "cpython/values/kind_lists.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kMostRecordFields = 4096;

// Whether repr() shows a field: that attribute of its description (dataclasses.Field, attr.Attribute) is True, or no
// bool at all: a function that writes the field in its own way (attrs).
bool is_shown(const Printer& out, Address description, const Type& type) {
  return Fields(out, {.address = description, .type = type}).truth("repr").value_or(true);
}

// A field that is no field of an object: ClassVar and InitVar stay in __dataclass_fields__, as _FIELD_CLASSVAR and
// _FIELD_INITVAR (Lib/dataclasses.py), which know their names.
bool is_real_field(Printer& out, const Fields& description) {
  const auto sort = description.at("_field_type");
  const Type* type = sort ? out.types().of(*sort) : nullptr;
  return type == nullptr || Fields(out, {.address = *sort, .type = *type}).text("name") == "_FIELD";
}

std::vector<std::string> dataclass_fields(Printer& out, const Type& type) {
  std::vector<std::string> names;
  const auto fields = out.types().class_attribute(type, "__dataclass_fields__");
  if (fields) {
    out.objects().for_each_entry(*fields, [&](Address key, Address description) {
      const Type* field_type = out.types().of(description);
      auto name = out.objects().text(key);
      if (field_type != nullptr && name) {
        const Fields known(out, {.address = description, .type = *field_type});
        if (known.truth("repr").value_or(true) && is_real_field(out, known)) {
          names.push_back(std::move(*name));
        }
      }
      return names.size() < kMostRecordFields;
    });
  }
  return names;
}

// __attrs_attrs__ is a tuple of descriptions, each with its name.
std::vector<std::string> attrs_fields(Printer& out, const Type& type) {
  std::vector<std::string> names;
  const Objects& objects = out.objects();
  const auto fields = out.types().class_attribute(type, "__attrs_attrs__");
  const auto count = fields ? length_of(objects, *fields) : std::nullopt;
  for (std::uint64_t i = 0; count && i < std::min(*count, kMostRecordFields); ++i) {
    const auto at = objects.memory().get<Address>(*fields + objects.layout().tuple.items.value() + i * sizeof(Address));
    const Type* field_type = at ? out.types().of(*at) : nullptr;
    if (field_type == nullptr) {
      continue;
    }
    auto name = Fields(out, {.address = *at, .type = *field_type}).text("name");
    if (name && is_shown(out, *at, *field_type)) {
      names.push_back(std::move(*name));
    }
  }
  return names;
}

bool put_fields(Printer& out, const Instance& object, const std::vector<std::string>& names) {
  const Fields fields(out, object);
  out.put("(");
  const bool done = out.each(names.size(), [&](std::uint64_t i) {
    const std::string& name = names[i];
    // A default that was never set on the object is an attribute of its class.
    auto value = fields.at(name);
    value = value ? value : out.types().class_attribute(object.type, name);
    if (value) {
      out.attribute(name, *value);
    } else {
      out.put(name + "=");
      out.put("<not set>");
    }
    return true;
  });
  out.put(")");
  return done;
}

bool write_dataclass(Printer& out, const Instance& object) {
  const auto& names = out.types().shown_fields(object.type, [&] { return dataclass_fields(out, object.type); });
  out.put(object.type.qualname);
  return put_fields(out, object, names);
}

bool write_attrs(Printer& out, const Instance& object) {
  const auto& names = out.types().shown_fields(object.type, [&] { return attrs_fields(out, object.type); });
  // attrs leaves out the functions that a class was made in.
  const std::string_view name = object.type.qualname;
  const std::size_t local = name.rfind(">.");
  out.put(local == std::string_view::npos ? name : name.substr(local + 2));
  return put_fields(out, object, names);
}

bool is_dataclass(const Objects&, Types& types, const Type& type) {
  // Members of an enum class that takes its values from a dataclass are members first.
  return !type.derives_from("enum.Enum") && types.class_attribute(type, "__dataclass_fields__").has_value();
}

bool is_attrs(const Objects&, Types& types, const Type& type) {
  return types.class_attribute(type, "__attrs_attrs__").has_value();
}

// Lib/argparse.py, _AttributeHolder.__repr__: sorted by name until 3.8.
bool write_simple_namespace(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  std::vector<std::string> names;
  for (const Attribute& attribute : fields.all()) {
    names.push_back(attribute.name);
  }
  if (out.objects().dialect().reprs.namespaces_sorted) {
    std::ranges::sort(names);
  }
  out.put(class_name(object.type));
  return put_fields(out, object, names);
}

constexpr Kind kRecordKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "dataclass", .write = write_dataclass, .python_repr = true, .fits = is_dataclass},
    {.name = "attrs", .write = write_attrs, .python_repr = true, .fits = is_attrs},
    {.name = "argparse.Namespace", .write = write_simple_namespace, .python_repr = true},
};

}  // namespace

std::span<const Kind> record_kinds() {
  return kRecordKinds;
}

}  // namespace stillframe::cpython
