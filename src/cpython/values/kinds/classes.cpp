// Classes, those of 2.7 that are no types, and modules.
#include <fmt/format.h>

#include "cpython/values/attributes.h"
#include "cpython/values/kind_lists.h"
#include "cpython/values/members.h"
#include "cpython/values/names.h"

namespace stillframe::cpython {
namespace {

// type_repr() in Objects/typeobject.c.
bool write_type(Printer& out, const Instance& object) {
  const Type* type = out.types().find(object.address);
  if (type == nullptr || type->qualified.empty()) {
    return out.fail("its name cannot be read");
  }
  const bool is_class = !out.objects().dialect().reprs.static_types_are_types || type->is_heap();
  out.put(fmt::format("<{} '{}'>", is_class ? "class" : "type", type->qualified));
  return true;
}

// PyClassObject of 2.7 (Include/classobject.h): bases, dict, name. "app.Order", or "?.Order" where the module is no
// str.
std::optional<std::string> old_class_name(Printer& out, Address old_class) {
  const auto name = name_at(out, old_class, 2);
  const auto dict = part(out.objects(), old_class, 1);
  const auto module_at = dict ? out.objects().lookup(*dict, "__module__") : std::nullopt;
  const auto module = module_at ? out.objects().text(*module_at) : std::nullopt;
  return name ? std::optional(module.value_or("?") + "." + *name) : std::nullopt;
}

bool write_old_class(Printer& out, const Instance& object) {
  const auto name = old_class_name(out, object.address);
  if (!name) {
    return out.fail("its name cannot be read");
  }
  out.put(fmt::format("<class {} at {:#x}>", *name, object.address));
  return true;
}

// PyInstanceObject of 2.7: class, dict. Its repr() may be a method of the class; what it is made of is shown instead.
bool write_old_instance(Printer& out, const Instance& object) {
  const Objects& objects = out.objects();
  const auto of = part(objects, object.address, 0);
  const auto dict = part(objects, object.address, 1);
  const auto name = of ? old_class_name(out, *of) : std::nullopt;
  if (!name || !dict) {
    return out.fail("its class cannot be read");
  }
  out.put(fmt::format("<{} instance at {:#x}", *name, object.address));
  if (out.may_open()) {
    Attributes found;
    found.whole = objects.for_each_entry(*dict, [&](Address key, Address value) {
      if (found.list.size() < out.limits().max_items) {
        found.list.push_back({.name = objects.text(key).value_or("?"), .value = value});
      } else {
        ++found.left_out;
      }
      return true;
    });
    put_attributes(out, found);
  }
  out.put(">");
  return true;
}

// What a module is called and where it comes from, as ModuleSpec has it (Lib/importlib/_bootstrap.py).
struct Spec {
  Address name = 0;
  Address origin = 0;
  Address loader = 0;
  bool has_location = false;
};

bool is_none(Printer& out, Address object) {
  const Type* type = object == 0 ? nullptr : out.types().of(object);
  return type == nullptr || type->name == "NoneType";
}

std::optional<Spec> spec_of(Printer& out, Address module_dict) {
  constexpr std::uint64_t kMostAttributes = 32;
  const auto at = out.objects().lookup(module_dict, "__spec__");
  const Type* type = at && !is_none(out, *at) ? out.types().of(*at) : nullptr;
  if (type == nullptr) {
    return std::nullopt;
  }
  Spec spec;
  for (const Attribute& attribute : attributes_of(out.objects(), *at, *type, kMostAttributes).list) {
    if (attribute.name == "name") {
      spec.name = attribute.value;
    } else if (attribute.name == "origin") {
      spec.origin = is_none(out, attribute.value) ? 0 : attribute.value;
    } else if (attribute.name == "loader") {
      spec.loader = is_none(out, attribute.value) ? 0 : attribute.value;
    } else if (attribute.name == "_set_fileattr") {
      spec.has_location = out.objects().integer(attribute.value) == std::uint64_t{1};
    }
  }
  return spec;
}

// To 3.11 these say it themselves: module_repr() of BuiltinImporter and FrozenImporter in Lib/importlib/_bootstrap.py.
std::string_view words_of_loader(Printer& out, Address loader) {
  const Type* type = out.objects().dialect().reprs.loaders_tell_origin ? out.types().find(loader) : nullptr;
  if (type == nullptr || !type->qualified.starts_with("_frozen_importlib.")) {
    return "";
  }
  return type->qualified.ends_with(".BuiltinImporter") ? " (built-in)" : " (frozen)";
}

void put_loader(Printer& out, Address loader) {
  if (const std::string_view words = words_of_loader(out, loader); !words.empty()) {
    out.put(words);
    return;
  }
  const Type* type = out.types().of(loader);
  if (type != nullptr && last_part(type->qualified).ends_with("NamespaceLoader")) {
    out.put(" (namespace)");
    const auto path = out.objects().instance_attribute(loader, "_path");
    const auto list = path ? out.objects().instance_attribute(*path, "_path") : std::nullopt;
    if (out.objects().dialect().reprs.namespace_modules_tell_path && list) {
      out.put(" from ");
      out.item(*list, "__path__");
    }
    return;
  }
  out.put(" (");
  out.item(loader, "__loader__");
  out.put(")");
}

void put_text_of(Printer& out, Address text) {
  out.put(out.objects().text(text).value_or("?"));
}

// _module_repr_from_spec() in Lib/importlib/_bootstrap.py.
void put_source_by_spec(Printer& out, const Spec& spec) {
  if (spec.origin == 0) {
    if (spec.loader != 0) {
      put_loader(out, spec.loader);
    }
  } else if (spec.has_location) {
    out.put(" from ");
    out.item(spec.origin, "__file__");
  } else {
    out.put(" (");
    put_text_of(out, spec.origin);
    out.put(")");
  }
}

// _module_repr() there for modules without a spec, such as __main__; module_repr() in Objects/moduleobject.c of 2.7.
void put_source(Printer& out, Address dict) {
  const auto file = out.objects().lookup(dict, "__file__");
  if (file) {
    out.put(" from ");
    out.item(*file, "__file__");
    return;
  }
  if (!out.objects().dialect().reprs.modules_have_specs) {
    out.put(" (built-in)");
    return;
  }
  const auto loader = out.objects().lookup(dict, "__loader__");
  if (loader && !is_none(out, *loader)) {
    out.put(" (");
    out.item(*loader, "__loader__");
    out.put(")");
  }
}

bool write_module(Printer& out, const Instance& object) {
  const auto dict = out.objects().pointer(object.address, out.objects().layout().module.dict);
  if (!dict || *dict == 0) {
    return out.fail("its dict cannot be read");
  }
  const auto spec = out.objects().dialect().reprs.modules_have_specs ? spec_of(out, *dict) : std::nullopt;
  const auto name = spec && spec->name != 0 ? std::optional(spec->name) : out.objects().lookup(*dict, "__name__");
  out.put("<module ");
  name ? out.item(*name, "__name__") : out.put("'?'");
  spec ? put_source_by_spec(out, *spec) : put_source(out, *dict);
  out.put(">");
  return true;
}

constexpr Kind kClassKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "type", .write = write_type},
    {.name = "classobj", .write = write_old_class},
    {.name = "instance", .write = write_old_instance},
    {.name = "module", .write = write_module},
};

}  // namespace

std::span<const Kind> class_kinds() {
  return kClassKinds;
}

}  // namespace stillframe::cpython
