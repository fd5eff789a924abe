// The steps of ObjectLookup that stand in brackets.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cpython/objects/suggestions.h"
#include "cpython/values/object_lookup.h"

namespace stillframe::cpython {
namespace {

constexpr std::size_t kMostKeysOffered = 2000;
// Keys that are written down to be compared with what was typed.
constexpr std::size_t kMostKeysWritten = 20'000;

// Mappings behind a ChainMap.
constexpr std::uint64_t kMostMaps = 256;

// Classes written in Python that keep a dict or a list in an attribute, and whose keys are that one's.
struct Wrapper {
  std::string_view type;
  std::string_view attribute;
  bool encodes = false;  // its keys are texts, and kept as bytes (3.x)
};
constexpr std::array<Wrapper, 4> kWrappers{{{"os._Environ", "_data", true},
                                            {"os._Environ", "data"},
                                            {"collections.UserDict", "data"},
                                            {"collections.UserList", "data"}}};

}  // namespace

ObjectLookup::Step ObjectLookup::subscript(Address object, const Type& type, const PathStep& step) {
  const Layout& layout = objects_.layout();
  if (type.has(kListSubclass)) {
    const auto items = objects_.pointer(object, layout.list.items);
    return in_sequence(object, type, step, items.value_or(0));
  }
  if (type.has(kTupleSubclass)) {
    return in_sequence(object, type, step, object + layout.tuple.items.value());
  }
  if (type.has(kDictSubclass)) {
    return in_dict(object, type, step);
  }
  const bool chain = type.derives_from("collections.ChainMap");
  if (const auto maps = chain ? objects_.instance_attribute(object, "maps") : std::nullopt) {
    return in_chain(*maps, type, step);
  }
  PathStep inner = step;
  if (const auto behind = behind_wrapper(object, type, inner)) {
    return follow(*behind, inner);
  }
  return in_children(object, type, step);
}

std::optional<Address> ObjectLookup::behind_wrapper(Address object, const Type& type, PathStep& step) {
  if (type.name == "mappingproxy") {
    // mappingproxyobject of Objects/descrobject.c has the mapping behind its head.
    const auto head = objects_.layout().object.type.value() + std::uint32_t{sizeof(Address)};
    return objects_.pointer(object, head);
  }
  for (const Wrapper& wrapper : kWrappers) {
    const auto found =
        type.derives_from(wrapper.type) ? objects_.instance_attribute(object, wrapper.attribute) : std::nullopt;
    if (found) {
      if (wrapper.encodes && step.kind == PathStep::Kind::text) {
        step.kind = PathStep::Kind::bytes;
      }
      return found;
    }
  }
  return in_old_instance(object, type, "data");  // UserDict and UserList of 2.7
}

ObjectLookup::Step ObjectLookup::in_sequence(Address object, const Type& type, const PathStep& step, Address items) {
  if (step.kind != PathStep::Kind::integer && step.kind != PathStep::Kind::boolean) {
    return {.object = std::nullopt,
            .stopper = fmt::format("{}, whose items have numbers, not [{}]", what(type), step.text),
            .near = {}};
  }
  const auto length = objects_.field<std::int64_t>(object, objects_.layout().var_object.size_field);
  if (!length || *length < 0) {
    return {
        .object = std::nullopt, .stopper = fmt::format("{}, and its length cannot be read", what(type)), .near = {}};
  }
  const std::int64_t index = step.number < 0 ? step.number + *length : step.number;
  if (index < 0 || index >= *length) {
    return {.object = std::nullopt,
            .stopper = fmt::format("{} with {} {}, and has no [{}]", what(type), *length,
                                   *length == 1 ? "item" : "items", step.number),
            .near = {}};
  }
  const auto item = objects_.memory().get<Address>(items + static_cast<std::uint64_t>(index) * sizeof(Address));
  return item ? Step{.object = *item, .stopper = {}, .near = {}}
              : Step{.object = std::nullopt,
                     .stopper = fmt::format("{}, and its item [{}] cannot be read", what(type), step.number),
                     .near = {}};
}

// A ChainMap asks one mapping after the other (Lib/collections/__init__.py).
ObjectLookup::Step ObjectLookup::in_chain(Address maps, const Type& type, const PathStep& step) {
  const Type* list = types_.of(maps);
  const auto items =
      list != nullptr && list->has(kListSubclass) ? objects_.pointer(maps, objects_.layout().list.items) : std::nullopt;
  const auto count =
      items ? objects_.field<std::uint64_t>(maps, objects_.layout().var_object.size_field) : std::nullopt;
  Step missing{.object = std::nullopt,
               .stopper = fmt::format("{}, and {}", what(type), count ? "has no such key" : "its maps cannot be read"),
               .near = {}};
  for (std::uint64_t i = 0; i < std::min(count.value_or(0), kMostMaps); ++i) {
    const auto map = objects_.memory().get<Address>(*items + i * sizeof(Address));
    Step found = map ? follow(*map, step) : Step{};
    if (found.object) {
      return found;
    }
    missing.near.insert(missing.near.end(), found.near.begin(), found.near.end());
  }
  return missing;
}

bool ObjectLookup::is_key(Address key, const PathStep& step) {
  const Type* type = types_.of(key);
  if (type == nullptr) {
    return false;
  }
  const bool old = objects_.layout().version.major < 3;
  switch (step.kind) {
    case PathStep::Kind::text:
      return (type->has(kTextSubclass) || (old && type->has(kBytesSubclass))) &&
             objects_.text(key, step.text.size()) == step.text;
    case PathStep::Kind::bytes:
      return type->has(kBytesSubclass) && objects_.bytes(key, step.text.size()) == step.text;
    case PathStep::Kind::integer:
    case PathStep::Kind::boolean:  // True == 1
      return (type->has(kLongSubclass) || type->has(kIntSubclass)) && objects_.signed_integer(key) == step.number;
    case PathStep::Kind::none:
      return type->qualified == "NoneType";
    case PathStep::Kind::written:
      return written_key(key) == step.text;
    case PathStep::Kind::attribute:
      return false;
  }
  return false;
}

std::string ObjectLookup::written_key(Address key) {
  const ValueLimits limits{.depth = 0, .max_string = 4096, .max_items = 1000, .max_text = 4096};
  const Redaction nothing = Redaction::none();
  return Printer(objects_, types_, limits, nothing).write(key).text;
}

ObjectLookup::Step ObjectLookup::in_dict(Address dict, const Type& type, const PathStep& step) {
  Step found{.object = std::nullopt, .stopper = {}, .near = {}};
  std::vector<Address> keys;
  std::size_t written = 0;
  const bool whole = objects_.for_each_entry(dict, [&](Address key, Address value) {
    if (keys.size() < kMostKeysOffered) {
      keys.push_back(key);
    }
    if (is_key(key, step)) {
      found.object = value;
    }
    written += step.kind == PathStep::Kind::written ? 1 : 0;
    return !found.object && written < kMostKeysWritten;
  });
  if (found.object) {
    return found;
  }
  if (!whole || written >= kMostKeysWritten) {
    found.stopper = fmt::format("{}, and not all of its keys could be {}", what(type), whole ? "compared" : "read");
    return found;
  }
  // Keys are offered as they would be typed.
  const auto shown = [&](Address key) { return fmt::format("[{}]", written_key(key)); };
  std::vector<std::string> names;
  std::ranges::transform(keys, std::back_inserter(names), shown);
  const std::string meant =
      step.kind == PathStep::Kind::text ? fmt::format("['{}']", step.text) : fmt::format("[{}]", step.text);
  found.near = near_names(meant, names);
  found.stopper = fmt::format("{}, and has no key {}", what(type), meant.substr(1, meant.size() - 2));
  return found;
}

// Of objects with a kind of their own: the parts that it shows, numbered as it shows them.
ObjectLookup::Step ObjectLookup::in_children(Address object, const Type& type, const PathStep& step) {
  const Written parts = outline(object);
  const bool number = step.kind == PathStep::Kind::integer;
  const auto count = static_cast<std::int64_t>(
      std::ranges::count_if(parts.children, [](const Child& one) { return one.role == ChildRole::item; }));
  const std::int64_t index = number && step.number < 0 && parts.left_out == 0 ? step.number + count : step.number;
  const std::string meant = number                              ? fmt::format("{}", index)
                            : step.kind == PathStep::Kind::text ? fmt::format("'{}'", step.text)
                                                                : step.text;
  for (const Child& one : parts.children) {
    if (one.role != ChildRole::attribute && one.name == meant) {
      return {.object = one.address, .stopper = {}, .near = {}};
    }
  }
  const bool empty =
      std::ranges::none_of(parts.children, [](const Child& one) { return one.role != ChildRole::attribute; });
  return {
      .object = std::nullopt,
      .stopper = fmt::format("{}, {} [{}]", what(type), empty ? "of which no part can be looked up by" : "and has no",
                             number ? step.text : meant),
      .near = {}};
}

}  // namespace stillframe::cpython
