#include "capture/object_trees.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <unordered_set>

#include "cpython/values/attributes.h"
#include "cpython/values/object_facts.h"
#include "cpython/values/object_lookup.h"

namespace stillframe::capture {
namespace {

using cpython::Address;
using cpython::ChildRole;
using model::InspectedObject;
using model::PartRole;

// All objects of an inspection together; no person reads more.
constexpr std::size_t kMostObjects = 20'000;
constexpr std::size_t kMostTreeBytes = std::size_t{64} << 20U;
// A name as long as this is none that a person types.
constexpr std::size_t kLongestPath = 4000;

PartRole role_of(ChildRole role) {
  switch (role) {
    case ChildRole::item:
      return PartRole::item;
    case ChildRole::entry:
      return PartRole::entry;
    case ChildRole::attribute:
      return PartRole::attribute;
  }
  return PartRole::attribute;
}

cpython::ValueLimits outline_limits(cpython::ValueLimits limits) {
  limits.depth = 1;
  limits.outline = true;
  limits.max_text = std::size_t{1} << 20U;  // of keys
  return limits;
}

cpython::ValueLimits brief_limits(cpython::ValueLimits limits) {
  limits.depth = 0;
  limits.max_items = 0;
  limits.counts = false;
  return limits;
}

// Level by level, so that an object which is met more than once is opened where it is nearest to what was asked for.
class Grower {
 public:
  Grower(const cpython::Objects& objects, cpython::Types& types, const Options& options)
      : objects_(objects),
        types_(types),
        options_(options),
        outline_limits_(outline_limits(options.values.limits)),
        brief_limits_(brief_limits(options.values.limits)),
        full_(objects, types, options.values.limits, options.values.redaction),
        outline_(objects, types, outline_limits_, options.values.redaction),
        brief_(objects, types, brief_limits_, options.values.redaction) {}

  void grow(InspectedObject& root) {
    opened_.clear();
    std::deque<Job> todo{{.object = &root, .level = 0}};
    while (!todo.empty()) {
      const Job job = todo.front();
      todo.pop_front();
      describe(*job.object);
      if (job.level < options_.objects.depth) {
        open(*job.object);
      } else if (const auto known = opened_.find(*job.object->address); known != opened_.end()) {
        refer(*job.object, *known->second);
      }
      for (InspectedObject& child : job.object->children) {
        if (!child.hidden) {
          todo.push_back({.object = &child, .level = job.level + 1});
        }
      }
    }
  }

  [[nodiscard]] bool ran_out() const { return ran_out_; }
  [[nodiscard]] std::size_t unreadable() const { return unreadable_; }

 private:
  struct Job {
    InspectedObject* object = nullptr;
    std::uint32_t level = 0;
  };

  void describe(InspectedObject& object) {
    cpython::Written written = full_.write(*object.address);
    object.type = std::move(written.type);
    object.value = std::move(written.text);
    object.readable = written.readable;
    object.cut = written.cut;
    unreadable_ += written.readable ? 0 : 1;
    bytes_ += object.value.size() + sizeof(InspectedObject);
    if (const auto references = cpython::reference_count(objects_, *object.address)) {
      object.immortal = references->immortal;
      object.refcount = references->immortal ? std::nullopt : std::optional(references->count);
    }
    if (const cpython::Type* type = types_.of(*object.address)) {
      object.size = cpython::own_size(objects_, *object.address, *type);
    }
  }

  void open(InspectedObject& object) {
    const cpython::Type* type = types_.of(*object.address);
    if (type == nullptr) {
      return;
    }
    cpython::Written parts = outline_.write(*object.address);
    add_attributes(object, *type, parts);
    count_items(object, *type, parts);
    if (parts.children.empty() && parts.left_out == 0) {
      return;
    }
    if (const auto known = opened_.find(*object.address); known != opened_.end()) {
      refer(object, *known->second);
      return;
    }
    if (count_ + parts.children.size() > kMostObjects || bytes_ > kMostTreeBytes) {
      ran_out_ = true;
      return;
    }
    opened_.emplace(*object.address, &object);
    object.outline = brief_.write(*object.address).text;
    count_ += parts.children.size();
    object.left_out = parts.left_out;
    object.children.reserve(parts.children.size());
    for (cpython::Child& part : parts.children) {
      object.children.push_back(make(object, *type, part));
    }
  }

  // What is shown elsewhere with what it is made of.
  void refer(InspectedObject& object, const InspectedObject& elsewhere) {
    object.outline = brief_.write(*object.address).text;
    object.items = elsewhere.items;
    object.same_as = elsewhere.path.value_or(fmt::format("{:#x}", *object.address));
  }

  // Those that its kind does not show: of a module and of a class, where that was asked for, of an instance of any
  // class that was written in Python.
  void add_attributes(const InspectedObject& object, const cpython::Type& type, cpython::Written& parts) {
    const bool root = object.role == PartRole::root;
    const bool module = type.name == "module" ||
                        std::ranges::any_of(type.mro, [](const cpython::Type* base) { return base->name == "module"; });
    if (!root && (!type.is_heap() || module || type.has(cpython::kTypeSubclass))) {
      return;
    }
    if (type.kind == nullptr && type.is_heap()) {
      return;  // its attributes are what its parts are
    }
    std::unordered_set<std::string> known;
    for (const cpython::Child& child : parts.children) {
      if (child.role == ChildRole::attribute) {
        known.insert(child.name);
      }
    }
    const cpython::Attributes found =
        cpython::attributes_of(objects_, *object.address, type, options_.values.limits.max_items);
    bool added = false;
    for (const cpython::Attribute& one : found.list) {
      if (!known.contains(one.name)) {
        parts.children.push_back({.name = one.name,
                                  .address = one.value,
                                  .hidden = options_.values.redaction.hides(one.name),
                                  .role = ChildRole::attribute});
        added = true;
      }
    }
    parts.left_out += added ? found.left_out : 0;
  }

  static void count_items(InspectedObject& object, const cpython::Type& type, const cpython::Written& parts) {
    const auto count = static_cast<std::uint64_t>(std::ranges::count_if(
        parts.children, [](const cpython::Child& child) { return child.role != ChildRole::attribute; }));
    const bool container =
        type.has(cpython::kListSubclass) || type.has(cpython::kTupleSubclass) || type.has(cpython::kDictSubclass);
    if (count > 0 || container) {
      object.items = count + parts.left_out;
    }
  }

  InspectedObject make(const InspectedObject& parent, const cpython::Type& type, cpython::Child& part) {
    InspectedObject child{
        .role = role_of(part.role), .name = std::move(part.name), .path = std::nullopt, .hidden = part.hidden};
    // What a dict has besides its entries has a number only here.
    const bool reachable = part.exact && (!type.has(cpython::kDictSubclass) || part.role != ChildRole::item);
    if (parent.path && reachable && parent.path->size() + child.name.size() < kLongestPath) {
      std::string path = *parent.path;
      path += part.role == ChildRole::attribute ? fmt::format(".{}", child.name) : fmt::format("[{}]", child.name);
      if (cpython::parse_object_path(path)) {
        child.path = std::move(path);
      }
    }
    if (part.hidden) {
      child.value = cpython::kRedacted;
    } else {
      child.address = part.address;
    }
    return child;
  }

  const cpython::Objects& objects_;
  cpython::Types& types_;
  const Options& options_;
  cpython::ValueLimits outline_limits_;
  cpython::ValueLimits brief_limits_;
  cpython::Printer full_;
  cpython::Printer outline_;
  cpython::Printer brief_;
  std::unordered_map<Address, const InspectedObject*> opened_;
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
  std::size_t unreadable_ = 0;
  bool ran_out_ = false;
};

// The interpreter that was asked for, or the main one.
const cpython::RawInterpreter* choose(const cpython::RawProcess& process, std::optional<std::int64_t> wanted) {
  const auto found = std::ranges::find(process.interpreters, wanted.value_or(0), &cpython::RawInterpreter::id);
  if (found != process.interpreters.end()) {
    return &*found;
  }
  return wanted || process.interpreters.empty() ? nullptr : process.interpreters.data();
}

Error no_interpreter(const cpython::ObjectPath& path, const cpython::RawProcess& process,
                     const ObjectOptions& options) {
  std::string known;
  for (const auto& one : process.interpreters) {
    known += fmt::format("{}{}", known.empty() ? "" : ", ", one.id);
  }
  return {.kind = ErrorKind::not_found,
          .tried = "look up " + path.asked,
          .stopper = options.interpreter ? fmt::format("there is no interpreter {}", *options.interpreter)
                                         : std::string("there is no interpreter yet, or no longer"),
          .advice = known.empty() ? "look again when the program has started" : "--interpreter with one of " + known};
}

}  // namespace

ObjectTrees read_objects(const cpython::Objects& objects, const cpython::RawProcess& process, const Options& options) {
  ObjectTrees trees;
  cpython::Types types(objects);
  const cpython::RawInterpreter* interpreter = choose(process, options.objects.interpreter);
  trees.interpreter = interpreter == nullptr ? options.objects.interpreter.value_or(0) : interpreter->id;
  cpython::ObjectLookup lookup(objects, types, options.values.redaction,
                               interpreter == nullptr ? 0 : interpreter->address);
  Grower grower(objects, types, options);
  for (const cpython::ObjectPath& path : options.objects.paths) {
    model::Answer answer{.asked = path.asked, .object = std::nullopt, .error = std::nullopt};
    auto found = interpreter == nullptr && !path.address
                     ? std::unexpected(no_interpreter(path, process, options.objects))
                     : lookup.find(path);
    if (!found) {
      answer.error = std::move(found.error());
      if (process.interpreters.size() > 1 && !options.objects.interpreter && !path.address) {
        answer.error->advice +=
            fmt::format("\n--interpreter N looks in another of the {} interpreters", process.interpreters.size());
      }
      ++trees.unreadable;
    } else {
      answer.object = InspectedObject{.name = path.asked, .path = path.asked, .hidden = found->hidden};
      if (found->hidden) {
        answer.object->value = cpython::kRedacted;
      } else {
        answer.object->address = found->address;
        grower.grow(*answer.object);
      }
    }
    trees.answers.push_back(std::move(answer));
  }
  trees.unreadable += grower.unreadable();
  if (grower.ran_out()) {
    trees.warnings.push_back(
        fmt::format("more than {} objects, or {} MiB of values, are within one another: not all of them are opened",
                    kMostObjects, kMostTreeBytes >> 20U));
  }
  return trees;
}

}  // namespace stillframe::capture
