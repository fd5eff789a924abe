// What leads to another object: weak references, cells; and capsules, which lead to memory of C code.
#include <fmt/format.h>

#include "cpython/objects/function_words.h"
#include "cpython/values/kind_lists.h"
#include "cpython/values/members.h"
#include "cpython/values/names.h"

namespace stillframe::cpython {
namespace {

// PyWeakReference (Include/cpython/weakrefobject.h): the object, which is None once it died.
const Type* referent_of(Printer& out, const Instance& object, Address& referent) {
  referent = part(out.objects(), object.address, 0).value_or(0);
  const Type* type = referent == 0 ? nullptr : out.types().of(referent);
  return type;
}

// __name__ of what has one.
std::optional<std::string> name_of(Printer& out, Address object, const Type& type) {
  if (type.has(kTypeSubclass) || type.name == "classobj") {
    return class_name(out, object);
  }
  if (type.name == "module") {
    const auto dict = out.objects().pointer(object, out.objects().layout().module.dict);
    const auto name = dict && *dict != 0 ? out.objects().lookup(*dict, "__name__") : std::nullopt;
    return name ? out.objects().text(*name) : std::nullopt;
  }
  if (type.name == "function") {
    return name_at(out, object, function_words(out.objects().layout().version).name);
  }
  const auto name = out.objects().instance_attribute(object, "__name__");
  return name ? out.objects().text(*name) : std::nullopt;
}

// weakref_repr() in Objects/weakrefobject.c.
bool write_weakref(Printer& out, const Instance& object) {
  Address referent = 0;
  const Type* type = referent_of(out, object, referent);
  if (type == nullptr) {
    return out.fail("what it refers to cannot be read");
  }
  if (type->name == "NoneType") {
    out.put(fmt::format("<weakref at {:#x}; dead>", object.address));
    return true;
  }
  out.put(fmt::format("<weakref at {:#x}; to '{}' at {:#x}", object.address, type->name, referent));
  if (const auto name = name_of(out, referent, *type)) {
    out.put(fmt::format(" ({})", *name));
  }
  out.put(">");
  out.note("()", referent);
  return true;
}

// proxy_repr() there.
bool write_weak_proxy(Printer& out, const Instance& object) {
  Address referent = 0;
  const Type* type = referent_of(out, object, referent);
  if (type == nullptr) {
    return out.fail("what it refers to cannot be read");
  }
  const bool late = out.objects().layout().version >= PythonVersion{3, 13, 0};
  if (late && type->name == "NoneType") {
    out.put(fmt::format("<weakproxy at {:#x}; dead>", object.address));
    return true;
  }
  out.put(fmt::format(late ? fmt::runtime("<weakproxy at {:#x}; to '{}' at {:#x}>")
                           : fmt::runtime("<weakproxy at {:#x} to {} at {:#x}>"),
                      object.address, type->name, referent));
  out.note("()", referent);
  return true;
}

// cell_repr() in Objects/cellobject.c.
bool write_cell(Printer& out, const Instance& object) {
  const auto content = out.objects().pointer(object.address, word(out.objects(), 0));
  if (!content) {
    return out.fail("its contents cannot be read");
  }
  if (*content == 0) {
    out.put(fmt::format("<cell at {:#x}: empty>", object.address));
    return true;
  }
  const Type* type = out.types().of(*content);
  if (type == nullptr) {
    return out.fail("its contents are no object");
  }
  out.put(fmt::format("<cell at {:#x}: {} object at {:#x}", object.address, type->name, *content));
  if (out.outermost()) {
    out.put(" ");
    out.attribute("cell_contents", *content);
  }
  out.put(">");
  return true;
}

// PyCapsule in Objects/capsule.c: pointer, name (a C string).
bool write_capsule(Printer& out, const Instance& object) {
  const auto at = out.objects().pointer(object.address, word(out.objects(), 1));
  const auto name = at && *at != 0 ? out.objects().c_string(*at, 256) : std::nullopt;
  if (!at || (*at != 0 && !name)) {
    return out.fail("its name cannot be read");
  }
  out.put(fmt::format("<capsule object {} at {:#x}>", name ? "\"" + *name + "\"" : "NULL", object.address));
  return true;
}

constexpr Kind kReferenceKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "weakref", .write = write_weakref},
    {.name = "weakref.ReferenceType", .write = write_weakref},
    {.name = "weakproxy", .write = write_weak_proxy},
    {.name = "weakcallableproxy", .write = write_weak_proxy},
    {.name = "weakref.ProxyType", .write = write_weak_proxy},
    {.name = "weakref.CallableProxyType", .write = write_weak_proxy},
    {.name = "cell", .write = write_cell},
    {.name = "PyCapsule", .write = write_capsule},
};

}  // namespace

std::span<const Kind> reference_kinds() {
  return kReferenceKinds;
}

}  // namespace stillframe::cpython
