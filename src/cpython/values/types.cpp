#include "cpython/values/types.h"

#include <algorithm>

#include "cpython/values/kinds.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kMaxBases = 256;
// Attributes of a class that are looked through, and how long the names of them may be that matter.
constexpr std::uint64_t kMaxTypeEntries = 4096;
constexpr std::uint64_t kMaxTypeNameLength = 64;
constexpr std::uint64_t kMaxObjectSize = std::uint64_t{1} << 20U;
// Types are read with their bases; a chain of classes is not deeper than this, one made by hand may be.
constexpr std::uint32_t kDeepestBases = 64;

// PyTypeObject.tp_repr stands eight words behind tp_name in every version (Include/cpython/object.h; 2.7:
// Include/object.h).
constexpr std::uint32_t kReprBehindName = 64;

}  // namespace

bool Type::derives_from(std::string_view type) const {
  return qualified == type || std::ranges::any_of(mro, [&](const Type* base) { return base->qualified == type; });
}

const Type* Types::of(Address object) {
  const auto type = objects_.type_of(object);
  return type ? find(*type) : nullptr;
}

std::string Types::name_of(Address object) {
  const Type* type = of(object);
  return type != nullptr ? type->qualified : std::string();
}

const Type* Types::find(Address address) {
  const auto [at, fresh] = by_address_.try_emplace(address, nullptr);
  if (!fresh || reading_ >= kDeepestBases) {
    return at->second;
  }
  Type& type = types_.emplace_back(Type{.address = address});
  ++reading_;
  const bool sound = load(type);
  --reading_;
  // Not through `at`: other types were read meanwhile.
  return sound ? by_address_[address] = &type : nullptr;
}

bool Types::load(Type& type) {
  const auto& layout = objects_.layout().type;
  const auto meta = objects_.type_of(type.address);
  const auto meta_flags = meta ? objects_.field<std::uint64_t>(*meta, layout.flags) : std::nullopt;
  if (!meta_flags || (*meta_flags & kTypeSubclass) == 0) {
    return false;
  }
  const auto flags = objects_.field<std::uint64_t>(type.address, layout.flags);
  const auto basic_size = objects_.field<std::uint64_t>(type.address, layout.basicsize);
  const auto item_size = objects_.field<std::uint64_t>(type.address, layout.itemsize);
  if (!flags || !basic_size || !item_size || *basic_size > kMaxObjectSize || *item_size > kMaxObjectSize) {
    return false;
  }
  type.flags = *flags;
  type.basic_size = *basic_size;
  type.item_size = *item_size;
  type.dict_offset = objects_.field<std::int64_t>(type.address, layout.dictoffset).value_or(0);
  load_names(type);
  if (!load_bases(type)) {
    return false;
  }
  if (purpose_ == Purpose::printing) {
    choose_kind(type);
  }
  return true;
}

void Types::load_names(Type& type) const {
  type.name = objects_.type_name(type.address).value_or("");
  type.qualname = type.name;
  type.qualified = type.name;
  // Types made by C code have their module in tp_name; those of Python classes have it in their dict.
  if (!type.is_heap() || type.name.contains('.')) {
    return;
  }
  const Layout& layout = objects_.layout();
  // ht_qualname stands right before ht_cached_keys (Include/cpython/object.h, 3.3+).
  if (layout.heap_type.cached_keys.present()) {
    const auto at =
        objects_.pointer(type.address, layout.heap_type.cached_keys.value() - std::uint32_t{sizeof(Address)});
    const auto text = at ? objects_.text(*at, 1024) : std::nullopt;
    type.qualname = text.value_or(type.name);
    type.qualified = type.qualname;
  }
  const auto dict = objects_.pointer(type.address, layout.type.dict);
  const auto module_at = dict && *dict != 0 ? objects_.lookup(*dict, "__module__") : std::nullopt;
  const auto module = module_at ? objects_.text(*module_at, 1024) : std::nullopt;
  if (module && *module != "builtins" && *module != "__builtin__") {
    type.qualified = *module + "." + type.qualified;
  }
}

bool Types::load_bases(Type& type) {
  const Layout& layout = objects_.layout();
  const auto mro = objects_.pointer(type.address, layout.type.mro);
  const auto count = mro && *mro != 0 ? objects_.field<std::uint64_t>(*mro, layout.var_object.size_field)
                                      : std::optional<std::uint64_t>(0);
  if (!count || *count > kMaxBases) {
    return false;
  }
  for (std::uint64_t i = 1; i < *count; ++i) {
    const auto base = objects_.memory().get<Address>(*mro + layout.tuple.items.value() + i * sizeof(Address));
    if (const Type* known = base ? find(*base) : nullptr) {
      type.mro.push_back(known);
    }
  }
  return true;
}

void Types::choose_kind(Type& type) {
  const auto take = [&](const Kind& kind, const Type& from) {
    type.kind = &kind;
    type.kind_type = &from;
  };
  for (const Kind* kind : all_kinds()) {
    if (kind->fits != nullptr && type.is_heap() && kind->fits(objects_, *this, type)) {
      take(*kind, type);
      return;
    }
  }
  std::vector<const Type*> line{&type};
  line.insert(line.end(), type.mro.begin(), type.mro.end());
  const Kind* nearest = nullptr;
  for (const Type* one : line) {
    const Kind* kind = kind_named(one->qualified.empty() ? name_by_flags(one->flags) : one->qualified);
    if (kind != nullptr && (nearest == nullptr || kind->leads)) {
      nearest = kind;
      take(*kind, *one);
    }
    if (kind != nullptr && kind->leads) {
      break;
    }
  }
  if (type.kind != nullptr && type.kind_type != &type && !type.kind->python_repr) {
    const auto& layout = objects_.layout().type;
    const auto repr_of = [&](const Type& one) {
      return objects_.pointer(one.address, layout.name.value() + kReprBehindName);
    };
    type.own_repr = repr_of(type) != repr_of(*type.kind_type);
  }
}

std::optional<Address> Types::class_attribute(const Type& type, std::string_view name) {
  if (auto found = own_attribute(type, name)) {
    return found;
  }
  for (const Type* base : type.mro) {
    if (auto found = own_attribute(*base, name)) {
      return found;
    }
  }
  return std::nullopt;
}

std::optional<Address> Types::own_attribute(const Type& type, std::string_view name) {
  if (objects_.finds_by_hash()) {  // else each search would read every key of the class again
    const auto dict = objects_.pointer(type.address, objects_.layout().type.dict);
    return dict && *dict != 0 ? objects_.lookup(*dict, name) : std::nullopt;
  }
  const Namespace& names = namespace_of(type);
  const auto found = names.find(name);
  return found == names.end() ? std::nullopt : std::optional(found->second);
}

const Types::Namespace& Types::namespace_of(const Type& type) {
  const auto [at, fresh] = namespaces_.try_emplace(type.address);
  const auto dict = fresh ? objects_.pointer(type.address, objects_.layout().type.dict) : std::nullopt;
  if (!dict || *dict == 0) {
    return at->second;
  }
  std::uint64_t seen = 0;
  objects_.for_each_entry(*dict, [&](Address key, Address value) {
    const auto [name, unknown] = names_.try_emplace(key);
    if (unknown) {
      name->second = objects_.text(key, kMaxTypeNameLength).value_or("");
    }
    at->second.try_emplace(name->second, value);
    return ++seen < kMaxTypeEntries;
  });
  return at->second;
}

const std::vector<std::string>& Types::shown_fields(const Type& type,
                                                    const std::function<std::vector<std::string>()>& find) {
  const auto [at, fresh] = shown_fields_.try_emplace(type.address);
  if (fresh) {
    // Not through `at`: `find` may have found those of other classes.
    std::vector<std::string> found = find();
    return shown_fields_[type.address] = std::move(found);
  }
  return at->second;
}

}  // namespace stillframe::cpython
