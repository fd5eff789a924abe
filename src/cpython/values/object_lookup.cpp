#include "cpython/values/object_lookup.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cpython/objects/suggestions.h"
#include "cpython/values/attributes.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kMaxPathNameLength = 1024;
// Names that are looked through for some that are near.
constexpr std::uint64_t kMostNames = 4096;
// Objects that one step is handed on to: a ChainMap has several, and may have itself.
constexpr std::uint32_t kMostFollowed = 500;

// The part of the path that was looked up when it failed, and how to see what is there.
Error lost(const ObjectPath& path, std::string stopper, const std::vector<std::string>& near, std::string otherwise) {
  return {.kind = ErrorKind::not_found,
          .tried = "look up " + path.asked,
          .stopper = std::move(stopper),
          .advice = near.empty() ? std::move(otherwise) : fmt::format("did you mean {}?", fmt::join(near, " or "))};
}

}  // namespace

std::string ObjectLookup::what(const Type& type) {
  return type.qualified.empty() ? "an object of an unknown type" : "of type " + type.qualified;
}

Result<FoundObject> ObjectLookup::find(const ObjectPath& path) {
  auto at = begin(path);
  if (!at) {
    return std::unexpected(std::move(at.error()));
  }
  FoundObject found{.address = at->object};
  for (std::size_t i = at->steps; i < path.steps.size(); ++i) {
    const PathStep& step = path.steps[i];
    followed_ = 0;
    Step next = follow(found.address, step);
    if (!next.object) {
      const std::string before(path.up_to(i));
      if (found.hidden) {
        return std::unexpected(lost(path,
                                    fmt::format("{} is hidden, and {} leads nowhere in it", before, path.up_to(i + 1)),
                                    {}, "--no-redact shows what it has"));
      }
      for (std::string& name : next.near) {
        name.insert(0, before);
      }
      return std::unexpected(lost(path, fmt::format("{} is {}", before, next.stopper), next.near,
                                  "look at what it has: inspect " + before));
    }
    found.address = *next.object;
    const bool named = step.kind == PathStep::Kind::attribute || step.kind == PathStep::Kind::text ||
                       step.kind == PathStep::Kind::bytes || step.kind == PathStep::Kind::written;
    found.hidden = found.hidden || (named && redaction_.hides(step.text));
  }
  if (types_.of(found.address) == nullptr) {
    return std::unexpected(lost(path, fmt::format("at {:#x} there is no object with a sound type", found.address), {},
                                "look again: where the program runs, it may have changed meanwhile"));
  }
  return found;
}

Result<ObjectLookup::Begin> ObjectLookup::begin(const ObjectPath& path) {
  if (!path.address) {
    return begin_in_modules(path);
  }
  if (types_.of(*path.address) == nullptr) {
    const bool readable = objects_.memory().get<Address>(*path.address).has_value();
    return std::unexpected(lost(path,
                                readable ? fmt::format("at {:#x} there is no object with a sound type", *path.address)
                                         : fmt::format("the memory at {:#x} cannot be read", *path.address),
                                {},
                                "take the address from a still of the same process (dump --locals --json): objects "
                                "come and go while a program runs"));
  }
  return Begin{.object = *path.address};
}

std::optional<Address> ObjectLookup::module_named(std::string_view name) {
  const auto modules = objects_.pointer(interpreter_, objects_.layout().interpreter.modules);
  const auto found = modules && *modules != 0 ? objects_.lookup(*modules, name) : std::nullopt;
  // 2.7 notes in sys.modules, by None, that a package has no such module of its own.
  const Type* type = found ? types_.of(*found) : nullptr;
  return type == nullptr || type->qualified == "NoneType" ? std::nullopt : found;
}

Result<ObjectLookup::Begin> ObjectLookup::begin_in_modules(const ObjectPath& path) {
  const auto is_attribute = [](const PathStep& step) { return step.kind == PathStep::Kind::attribute; };
  const auto names = static_cast<std::size_t>(std::ranges::find_if_not(path.steps, is_attribute) - path.steps.begin());
  for (std::size_t count = names; count > 0; --count) {
    if (const auto module = module_named(path.up_to(count))) {
      return Begin{.object = *module, .steps = count};
    }
  }
  const std::string first(path.up_to(1));
  std::vector<std::string> near;
  if (const auto main = module_named("__main__"); main && objects_.instance_attribute(*main, first)) {
    near.push_back("__main__." + path.asked);
  } else {
    std::vector<std::string> modules;
    const auto dict = objects_.pointer(interpreter_, objects_.layout().interpreter.modules);
    static_cast<void>(dict && objects_.for_each_entry(*dict, [&](Address key, Address) {
      modules.push_back(objects_.text(key, kMaxPathNameLength).value_or(""));
      return modules.size() < kMostNames;
    }));
    near = near_names(path.up_to(names), modules);
    if (near.empty()) {
      near = near_names(first, modules);
    }
    if (near.empty() && modules.empty()) {
      return std::unexpected(lost(path, "sys.modules, which names begin in, could not be read", {},
                                  "an address instead of a name: dump --locals --json shows some"));
    }
  }
  return std::unexpected(lost(path, fmt::format("no module {} is imported", first), near,
                              "begin with the name of an imported module; what a script itself defines is in "
                              "__main__"));
}

ObjectLookup::Step ObjectLookup::follow(Address object, const PathStep& step) {
  if (++followed_ > kMostFollowed) {
    return {.object = std::nullopt, .stopper = "wrapped in too many others, or in itself", .near = {}};
  }
  const Type* type = types_.of(object);
  if (type == nullptr) {
    return {
        .object = std::nullopt, .stopper = fmt::format("no object with a sound type, at {:#x}", object), .near = {}};
  }
  return step.kind == PathStep::Kind::attribute ? attribute(object, *type, step.text) : subscript(object, *type, step);
}

// In the order in which object.__getattribute__() looks: what the class has for it where that leads into the object
// itself (slots, members), what the instance has, and what else the class has.
ObjectLookup::Step ObjectLookup::attribute(Address object, const Type& type, const std::string& name) {
  if (const auto found = special(object, type, name)) {
    return {.object = found, .stopper = {}, .near = {}};
  }
  if (const Type* as_class = type.has(kTypeSubclass) ? types_.find(object) : nullptr) {
    if (const auto found = in_class(*as_class, name)) {
      return {.object = found, .stopper = {}, .near = {}};
    }
  }
  const auto of_class = types_.class_attribute(type, name);
  const Type* descriptor = of_class ? types_.of(*of_class) : nullptr;
  if (descriptor != nullptr && descriptor->qualified == "member_descriptor") {
    const auto place = member_place(objects_, object, type, *of_class);
    const auto found = place ? objects_.memory().get<Address>(*place) : std::unexpected(memory::Fault{});
    if (found && *found != 0) {
      return {.object = *found, .stopper = {}, .near = {}};
    }
    return {.object = std::nullopt,
            .stopper = fmt::format("{}, and {} is {}", what(type), name,
                                   place ? "not set in it" : "kept in it in another form than that of an object"),
            .near = {}};
  }
  auto found = objects_.instance_attribute(object, name);
  found = found ? found : in_old_instance(object, type, name);
  found = found ? found : child(object, ChildRole::attribute, name);
  if (found) {
    return {.object = found, .stopper = {}, .near = {}};
  }
  if (descriptor == nullptr) {
    return no_attribute(object, type, name);
  }
  constexpr std::string_view kComputed[] = {// NOLINT(modernize-avoid-c-arrays)
                                            "property",
                                            "getset_descriptor",
                                            "cached_property",
                                            "DynamicClassAttribute",
                                            "functools.cached_property",
                                            "types.DynamicClassAttribute",
                                            "enum.property"};
  if (std::ranges::find(kComputed, descriptor->qualified) == std::end(kComputed)) {
    return {.object = of_class, .stopper = {}, .near = {}};
  }
  // An enum's members keep value and name under such names.
  if (const auto behind = objects_.instance_attribute(object, "_" + name + "_")) {
    return {.object = behind, .stopper = {}, .near = {}};
  }
  return {.object = std::nullopt,
          .stopper = fmt::format("{}, and {} is computed by code ({}), which is not run", what(type), name,
                                 descriptor->qualified),
          .near = {}};
}

// What every object has, and no dict holds.
std::optional<Address> ObjectLookup::special(Address object, const Type& type, std::string_view name) {
  if (name == "__class__") {
    return type.address;
  }
  if (name == "__dict__" && type.dict_offset > 0) {
    const auto dict = objects_.memory().get<Address>(object + static_cast<Address>(type.dict_offset));
    return dict && types_.of(*dict) != nullptr ? std::optional(*dict) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<Address> ObjectLookup::in_class(const Type& type, const std::string& name) {
  // Members of an enum stand apart to 3.10, and behind descriptors of their own in 3.11 (Lib/enum.py).
  const auto members = type.is_heap() ? types_.class_attribute(type, "_member_map_") : std::nullopt;
  const auto found = members ? objects_.lookup(*members, name) : std::nullopt;
  return found ? found : types_.class_attribute(type, name);
}

// Instances of classes of 2.7 that derive from nothing: PyInstanceObject and PyClassObject of Include/classobject.h.
std::optional<Address> ObjectLookup::in_old_instance(Address object, const Type& type, std::string_view name) const {
  const auto head = objects_.layout().object.type.value() + std::uint32_t{sizeof(Address)};
  const auto word = [&](Address of, std::uint32_t index) {
    return objects_.pointer(of, head + index * std::uint32_t{sizeof(Address)});
  };
  if (objects_.layout().version.major >= 3 || type.name != "instance") {
    return std::nullopt;
  }
  const auto dict = word(object, 1);
  if (const auto own = dict ? objects_.lookup(*dict, name) : std::nullopt) {
    return own;
  }
  // Depth first and left to right, as classobj looks; more classes than this are none that a person wrote.
  constexpr std::size_t kMostClasses = 256;
  std::vector<Address> todo{word(object, 0).value_or(0)};
  for (std::size_t seen = 0; !todo.empty() && seen < kMostClasses; ++seen) {
    const Address at = todo.back();
    todo.pop_back();
    const auto class_dict = word(at, 1);
    if (const auto found = class_dict ? objects_.lookup(*class_dict, name) : std::nullopt) {
      return found;
    }
    const auto bases = word(at, 0);
    const auto count =
        bases ? objects_.field<std::uint64_t>(*bases, objects_.layout().var_object.size_field) : std::nullopt;
    for (std::uint64_t i = std::min<std::uint64_t>(count.value_or(0), kMostClasses); i > 0; --i) {
      const auto base =
          objects_.memory().get<Address>(*bases + objects_.layout().tuple.items.value() + (i - 1) * sizeof(Address));
      todo.push_back(base ? *base : 0);
    }
  }
  return std::nullopt;
}

ObjectLookup::Step ObjectLookup::no_attribute(Address object, const Type& type, const std::string& name) {
  std::vector<std::string> names;
  const auto add_names = [&](Address dict) {
    objects_.for_each_entry(dict, [&](Address key, Address) {
      names.push_back(objects_.text(key, kMaxPathNameLength).value_or(""));
      return names.size() < kMostNames;
    });
  };
  for (const Attribute& one : attributes_of(objects_, object, type, kMostNames).list) {
    names.push_back(one.name);
  }
  for (const Child& one : outline(object).children) {
    if (one.role == ChildRole::attribute) {
      names.push_back(one.name);
    }
  }
  std::vector<const Type*> classes{&type};
  classes.insert(classes.end(), type.mro.begin(), type.mro.end());
  if (const Type* as_class = type.has(kTypeSubclass) ? types_.find(object) : nullptr) {
    classes.insert(classes.end(), as_class->mro.begin(), as_class->mro.end());
  }
  for (const Type* one : classes) {
    if (const auto dict = objects_.pointer(one->address, objects_.layout().type.dict); one->is_heap() && dict) {
      add_names(*dict);
    }
  }
  Step step{
      .object = std::nullopt, .stopper = fmt::format("{}, and has no attribute {}", what(type), name), .near = {}};
  for (const std::string& one : near_names(name, names)) {
    step.near.push_back("." + one);
  }
  return step;
}

Written ObjectLookup::outline(Address object) {
  const ValueLimits limits{.depth = 1, .max_items = kMostNames, .max_text = std::size_t{1} << 20U, .outline = true};
  const Redaction nothing = Redaction::none();
  return Printer(objects_, types_, limits, nothing).write(object);
}

// What the kind of an object says are its parts.
std::optional<Address> ObjectLookup::child(Address object, ChildRole role, std::string_view name) {
  for (const Child& one : outline(object).children) {
    if (one.role == role && one.name == name) {
      return one.address;
    }
  }
  return std::nullopt;
}

}  // namespace stillframe::cpython
