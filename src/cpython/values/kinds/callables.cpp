// Functions, methods, and the descriptors that C code makes of its own.
#include <fmt/format.h>

#include "cpython/objects/function_words.h"
#include "cpython/values/kind_lists.h"
#include "cpython/values/members.h"
#include "cpython/values/names.h"
#include "cpython/values/place.h"

namespace stillframe::cpython {
namespace {

bool write_function(Printer& out, const Instance& object) {
  const FunctionWords words = function_words(out.objects().layout().version);
  const auto name = name_at(out, object.address, words.qualified_name);
  const auto code = part(out.objects(), object.address, words.code);
  if (!name || !code) {
    return out.fail("its name cannot be read");
  }
  out.put(fmt::format("<function {} at {:#x}", *name, object.address));
  put_place_of_code(out, *code);
  out.put(">");
  return true;
}

// The C string that the word `index` of a structure leads to.
std::optional<std::string> c_name(const Objects& objects, Address structure) {
  const auto name = objects.pointer(structure, Offset(0));
  return name && *name != 0 ? objects.c_string(*name, 256) : std::nullopt;
}

// The name of what a method is bound to: a function's, or a method's of C code.
std::optional<std::string> name_of_callable(Printer& out, Address callable) {
  const Type* type = out.types().of(callable);
  if (type == nullptr) {
    return std::nullopt;
  }
  if (type->name == "function") {
    return name_at(out, callable, function_words(out.objects().layout().version).qualified_name);
  }
  if (type->name == "builtin_function_or_method") {
    const auto definition = part(out.objects(), callable, 0);
    return definition ? c_name(out.objects(), *definition) : std::nullopt;
  }
  for (const char* attribute : {"__qualname__", "__name__"}) {
    const auto found = out.objects().instance_attribute(callable, attribute);
    if (auto text = found ? out.objects().text(*found) : std::nullopt) {
      return text;
    }
  }
  return std::nullopt;
}

// PyMethodObject: function, self; in 2.7 the class too, whose name repr() shows, and no self of unbound ones
// (instancemethod_repr in Objects/classobject.c).
bool write_method(Printer& out, const Instance& object) {
  const Objects& objects = out.objects();
  const auto function = part(objects, object.address, 0);
  const auto self = objects.pointer(object.address, word(objects, 1));
  if (!function || !self) {
    return out.fail("its function cannot be read");
  }
  std::string name = name_of_callable(out, *function).value_or("?");
  if (objects.layout().version < k3) {
    const auto owner = part(objects, object.address, 2);
    name = (owner ? class_name(out, *owner) : std::nullopt).value_or("?") + "." + name;
  }
  out.put(*self == 0 ? "<unbound method " : "<bound method ");
  out.put(name);
  if (*self != 0) {
    out.put(" of ");
    out.item(*self, "__self__");
  }
  out.note("__func__", *function);
  out.put(">");
  return true;
}

// PyCFunctionObject (Include/cpython/methodobject.h): PyMethodDef*, self. Of a function of a module, self is the module
// or, in 2.7, null (meth_repr in Objects/methodobject.c).
bool write_builtin(Printer& out, const Instance& object) {
  const Objects& objects = out.objects();
  const auto definition = part(objects, object.address, 0);
  const auto name = definition ? c_name(objects, *definition) : std::nullopt;
  const auto self = objects.pointer(object.address, word(objects, 1));
  if (!name || !self) {
    return out.fail("its name cannot be read");
  }
  const Type* type = *self == 0 ? nullptr : out.types().of(*self);
  if (*self == 0 || (type != nullptr && type->kind_type != nullptr && type->kind_type->name == "module")) {
    out.put(fmt::format("<built-in function {}>", *name));
    return true;
  }
  out.put(fmt::format("<built-in method {} of {} object at {:#x}>", *name, type == nullptr ? "?" : type->name, *self));
  out.note("__self__", *self);
  return true;
}

// PyDescrObject (Include/cpython/descrobject.h): type, name (Objects/descrobject.c, descr_repr).
template <const char* kFormat>
bool write_descriptor(Printer& out, const Instance& object) {
  const auto owner = part(out.objects(), object.address, 0);
  const Type* type = owner ? out.types().find(*owner) : nullptr;
  const auto name = name_at(out, object.address, 1);
  if (type == nullptr || !name) {
    return out.fail("its name cannot be read");
  }
  out.put(fmt::format("<{} '{}' of '{}' objects>", kFormat, *name, type->name));
  return true;
}

constexpr char kMethod[] = "method";             // NOLINT(modernize-avoid-c-arrays): a template's argument
constexpr char kMember[] = "member";             // NOLINT(modernize-avoid-c-arrays)
constexpr char kAttribute[] = "attribute";       // NOLINT(modernize-avoid-c-arrays)
constexpr char kSlotWrapper[] = "slot wrapper";  // NOLINT(modernize-avoid-c-arrays)

// wrapperobject in Objects/descrobject.c: descriptor, self. The descriptor's base stands behind type, name and, in 3.x,
// qualified name, and begins with a C string.
bool write_method_wrapper(Printer& out, const Instance& object) {
  const Objects& objects = out.objects();
  const auto descriptor = part(objects, object.address, 0);
  const auto self = part(objects, object.address, 1);
  const auto base = descriptor ? part(objects, *descriptor, objects.layout().version < k3 ? 2 : 3) : std::nullopt;
  const auto name = base ? c_name(objects, *base) : std::nullopt;
  const Type* type = self ? out.types().of(*self) : nullptr;
  if (!name || type == nullptr) {
    return out.fail("its name cannot be read");
  }
  out.put(fmt::format("<method-wrapper '{}' of {} object at {:#x}>", *name, type->name, *self));
  out.note("__self__", *self);
  return true;
}

// staticmethod and classmethod of Objects/funcobject.c: the callable. Their repr() shows it from 3.10 on.
bool write_wrapped(Printer& out, const Instance& object) {
  const auto callable = part(out.objects(), object.address, 0);
  if (!callable) {
    return out.fail("its function cannot be read");
  }
  if (out.objects().layout().version >= k3_10) {
    out.put(fmt::format("<{}(", object.type.name));
    out.item(*callable, "__func__");
    out.put(")>");
    return true;
  }
  out.head(object);
  if (out.may_open()) {
    const Printer::Opening opening(out);
    out.put(" ");
    out.attribute("__func__", *callable);
  }
  out.put(">");
  return true;
}

// propertyobject in Objects/descrobject.c: get, set, del.
bool write_property(Printer& out, const Instance& object) {
  out.head(object);
  if (out.may_open()) {
    const Printer::Opening opening(out);
    std::uint32_t index = 0;
    for (const char* name : {"fget", "fset", "fdel"}) {
      if (const auto function = part(out.objects(), object.address, index++)) {
        out.put(" ");
        out.attribute(name, *function);
      }
    }
  }
  out.put(">");
  return true;
}

// superobject in Objects/typeobject.c: type, object, its type (super_repr).
bool write_super(Printer& out, const Instance& object) {
  const auto of = part(out.objects(), object.address, 0);
  const auto self_type = part(out.objects(), object.address, 2);
  const Type* type = of ? out.types().find(*of) : nullptr;
  const Type* second = self_type ? out.types().find(*self_type) : nullptr;
  out.put(fmt::format("<super: <class '{}'>, ", type == nullptr ? "NULL" : type->name));
  out.put(second == nullptr ? "NULL>" : fmt::format("<{} object>>", second->name));
  if (const auto self = part(out.objects(), object.address, 1)) {
    out.note("__self__", *self);
  }
  return true;
}

constexpr Kind kCallableKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "function", .write = write_function},
    {.name = "method", .write = write_method},
    {.name = "instancemethod", .write = write_method},
    {.name = "builtin_function_or_method", .write = write_builtin},
    {.name = "method_descriptor", .write = write_descriptor<kMethod>},
    {.name = "classmethod_descriptor", .write = write_descriptor<kMethod>},
    {.name = "member_descriptor", .write = write_descriptor<kMember>},
    {.name = "getset_descriptor", .write = write_descriptor<kAttribute>},
    {.name = "wrapper_descriptor", .write = write_descriptor<kSlotWrapper>},
    {.name = "method-wrapper", .write = write_method_wrapper},
    {.name = "staticmethod", .write = write_wrapped},
    {.name = "classmethod", .write = write_wrapped},
    {.name = "property", .write = write_property},
    {.name = "super", .write = write_super},
};

}  // namespace

std::span<const Kind> callable_kinds() {
  return kCallableKinds;
}

}  // namespace stillframe::cpython
