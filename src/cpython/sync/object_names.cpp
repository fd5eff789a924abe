#include "cpython/sync/object_names.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "cpython/values/attributes.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kMostNames = 256;
constexpr std::uint64_t kMostNamedAttributes = 64;
// Objects whose attributes are looked through for one name.
constexpr std::size_t kMostOpened = 400;

}  // namespace

// co_names is the word before co_varnames to 3.10 (Include/code.h, Include/cpython/code.h), and from 3.11 on stands
// before co_exceptiontable, which is the word before co_flags (_PyCode_DEF in Include/cpython/code.h).
std::vector<std::string> names_in_code(const Objects& objects, Address code) {
  const Layout& layout = objects.layout();
  const bool before_table = objects.dialect().code.names_before_exception_table;
  const Offset anchor = before_table ? layout.code.flags : layout.code.varnames;
  const auto names =
      anchor.present() ? objects.pointer(code, anchor.value() - (before_table ? 16U : 8U)) : std::nullopt;
  const auto count = names ? objects.field<std::uint64_t>(*names, layout.var_object.size_field) : std::nullopt;
  std::vector<std::string> found;
  for (std::uint64_t i = 0; count && *count <= kMostNames && i < *count; ++i) {
    const auto item = objects.memory().get<Address>(*names + layout.tuple.items.value() + i * sizeof(Address));
    if (auto name = item ? objects.text(*item, kMostNames) : std::nullopt) {
      found.push_back(std::move(*name));
    }
  }
  return found;
}

std::optional<std::string> ObjectNames::find(const RawFrame& frame, Address object) {
  std::vector<Named> level = roots(frame);
  std::unordered_set<Address> opened;
  for (int depth = 0; depth < 3 && !level.empty(); ++depth) {
    const auto found = std::ranges::find(level, object, &Named::object);
    if (found != level.end()) {
      return found->name;
    }
    std::vector<Named> next;
    for (const Named& one : level) {
      if (depth < 2 && opened.size() < kMostOpened && opened.insert(one.object).second) {
        std::ranges::move(attributes_of(one), std::back_inserter(next));
      }
    }
    level = std::move(next);
  }
  return std::nullopt;
}

std::vector<ObjectNames::Named> ObjectNames::roots(const RawFrame& frame) {
  std::vector<Named> roots;
  for (const Variable& variable : variables_.read(frame).list) {
    roots.push_back({.name = *variable.name, .object = variable.value});
  }
  if (frame.code != nullptr && !frame.code->lost) {
    add_globals(frame, roots);
  }
  return roots;
}

void ObjectNames::add_globals(const RawFrame& frame, std::vector<Named>& roots) const {
  const Layout& layout = objects_.layout();
  const Offset globals_at =
      objects_.dialect().frames.interpreter_frames ? layout.frame.globals : layout.frame_object.globals;
  const auto globals = objects_.pointer(frame.address, globals_at);
  if (!globals) {
    return;
  }
  for (std::string& name : names_in_code(objects_, frame.code->address)) {
    if (const auto value = objects_.lookup(*globals, name)) {
      roots.push_back({.name = std::move(name), .object = *value});
    }
  }
}

std::vector<ObjectNames::Named> ObjectNames::attributes_of(const Named& owner) {
  const Type* type = has_python_class(owner.object) ? types_.of(owner.object) : nullptr;
  if (type == nullptr) {
    return {};
  }
  std::vector<Named> found;
  for (const Attribute& one : cpython::attributes_of(objects_, owner.object, *type, kMostNamedAttributes).list) {
    found.push_back({.name = owner.name + "." + one.name, .object = one.value});
  }
  return found;
}

// The types of C code that are made at run time have the name of their module in tp_name, as "_io.TextIOWrapper"; what
// attributes such objects have are no program's locks.
bool ObjectNames::has_python_class(Address object) {
  const auto type = objects_.type_of(object);
  if (!type) {
    return false;
  }
  const auto [known, fresh] = python_classes_.try_emplace(*type, false);
  if (fresh) {
    const auto flags = objects_.field<std::uint64_t>(*type, objects_.layout().type.flags).value_or(0);
    const auto name =
        (flags & kHeapType) != 0 && (flags & kTypeSubclass) == 0 ? objects_.type_name(*type) : std::nullopt;
    known->second = name && !name->contains('.');
  }
  return known->second;
}

}  // namespace stillframe::cpython
