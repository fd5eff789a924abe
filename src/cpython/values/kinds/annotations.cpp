// What annotations are made of (list[int], int | str, type variables), and types.SimpleNamespace.
#include <algorithm>

#include "cpython/values/attributes.h"
#include "cpython/values/kind_lists.h"
#include "cpython/values/members.h"
#include "cpython/values/names.h"

namespace stillframe::cpython {
namespace {

// ga_repr_item() in Objects/genericaliasobject.c, _Py_typing_type_repr() in Objects/typevarobject.c: classes by their
// qualified name, other things by their repr().
void put_argument(Printer& out, Address argument) {
  const Type* meta = out.types().of(argument);
  if (meta != nullptr && meta->name == "ellipsis") {
    out.put("...");
    return;
  }
  const Type* type = meta != nullptr && meta->has(kTypeSubclass) ? out.types().find(argument) : nullptr;
  if (type == nullptr || type->qualified.empty()) {
    out.item(argument);
    return;
  }
  out.note("", argument);
  out.put(type->qualified == "NoneType" ? "None" : type->qualified);
}

bool put_arguments(Printer& out, Address tuple, std::string_view between) {
  const Objects& objects = out.objects();
  const auto count = objects.field<std::uint64_t>(tuple, objects.layout().var_object.size_field);
  const Type* type = out.types().of(tuple);
  if (!count || type == nullptr || type->name != "tuple") {
    return out.fail("its arguments cannot be read");
  }
  for (std::uint64_t i = 0; i < *count; ++i) {
    out.put(i == 0 ? "" : between);
    if (i >= out.limits().max_items) {
      out.more(*count - i);
      return true;
    }
    if (!out.room()) {
      return true;
    }
    const auto argument = objects.memory().get<Address>(tuple + objects.layout().tuple.items.value() + i * 8);
    if (!argument) {
      return out.fail("its arguments cannot be read");
    }
    put_argument(out, *argument);
  }
  return true;
}

// gaobject in Objects/genericaliasobject.c: origin, args, parameters, weakreflist, starred (3.11+).
bool write_alias(Printer& out, const Instance& object) {
  const Objects& objects = out.objects();
  const auto origin = part(objects, object.address, 0);
  const auto args = part(objects, object.address, 1);
  if (!origin || !args) {
    return out.fail("its origin cannot be read");
  }
  const bool starred = objects.dialect().library.generic_alias_starred &&
                       objects.field<std::uint8_t>(object.address, word(objects, 4)) == std::uint8_t{1};
  out.put(starred ? "*" : "");
  put_argument(out, *origin);
  out.put("[");
  if (objects.field<std::uint64_t>(*args, objects.layout().var_object.size_field) == std::uint64_t{0}) {
    out.put("()");
  } else if (!put_arguments(out, *args, ", ")) {
    return false;
  }
  out.put("]");
  return true;
}

// unionobject in Objects/unionobject.c: args first.
bool write_union(Printer& out, const Instance& object) {
  const auto args = part(out.objects(), object.address, 0);
  return args ? put_arguments(out, *args, " | ") : out.fail("its arguments cannot be read");
}

// typevarobject in Objects/typevarobject.c (3.12+): name, bound, evaluate_bound, constraints, evaluate_constraints,
// default_value and evaluate_default (3.13+), then the flags covariant, contravariant, infer_variance.
bool write_type_variable(Printer& out, const Instance& object) {
  const Objects& objects = out.objects();
  const auto name = name_at(out, object.address, 0);
  const auto flags =
      objects.field<std::uint32_t>(object.address, word(objects, objects.dialect().library.type_variable_flags));
  if (!name || !flags) {
    return out.fail("its name cannot be read");
  }
  const bool covariant = (*flags & 0xffU) != 0;
  const bool contravariant = (*flags & 0xff00U) != 0;
  const bool inferred = (*flags & 0xff0000U) != 0;
  if (!inferred) {
    out.put(covariant ? "+" : (contravariant ? "-" : "~"));
  }
  out.put(*name);
  return true;
}

// _PyNamespaceObject in Objects/namespaceobject.c: the dict. To 3.8 its repr() sorts.
bool write_namespace(Printer& out, const Instance& object) {
  const Objects& objects = out.objects();
  const auto dict = part(objects, object.address, 0);
  if (!dict) {
    return out.fail("its attributes cannot be read");
  }
  constexpr std::uint64_t kMostSorted = 10'000;
  const bool sorted = objects.dialect().reprs.namespaces_sorted;
  std::vector<Attribute> list;
  std::uint64_t count = 0;
  const std::uint64_t most = sorted ? kMostSorted : out.limits().max_items;
  if (!objects.for_each_entry(*dict, [&](Address key, Address value) {
        auto name = list.size() < most ? objects.text(key) : std::nullopt;
        if (name) {
          list.push_back({.name = std::move(*name), .value = value});
        }
        ++count;
        return true;
      })) {
    return out.fail("its attributes cannot be read");
  }
  if (sorted) {
    std::ranges::sort(list, {}, &Attribute::name);
  }
  out.put(object.type.qualified == "types.SimpleNamespace" ? "namespace" : std::string_view(object.type.name));
  out.put("(");
  const std::size_t start = out.position();
  std::uint64_t shown = 0;
  for (const Attribute& attribute : list) {
    if (shown >= out.limits().max_items) {
      break;
    }
    out.separate(start);
    if (!out.room()) {
      shown = count;
      break;
    }
    out.attribute(attribute.name, attribute.value);
    ++shown;
  }
  if (shown < count) {
    out.separate(start);
    out.more(count - shown);
  }
  out.put(")");
  return true;
}

constexpr Kind kAnnotationKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "types.GenericAlias", .write = write_alias},
    {.name = "types.UnionType", .write = write_union},
    {.name = "typing.Union", .write = write_union},
    {.name = "typing.TypeVar", .write = write_type_variable},
    {.name = "types.SimpleNamespace", .write = write_namespace, .cycle = "namespace(...)"},
};

}  // namespace

std::span<const Kind> annotation_kinds() {
  return kAnnotationKinds;
}

}  // namespace stillframe::cpython
