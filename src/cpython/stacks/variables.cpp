#include "cpython/stacks/variables.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace stillframe::cpython {
namespace {

// co_flags (Include/cpython/code.h).
constexpr std::uint32_t kOptimized = 0x1;
constexpr std::uint32_t kVariableArguments = 0x4;
constexpr std::uint32_t kVariableKeywords = 0x8;

// co_localspluskinds (Include/internal/pycore_code.h, 3.11+).
constexpr std::uint8_t kHidden = 0x10;
constexpr std::uint8_t kCell = 0x40;
constexpr std::uint8_t kFree = 0x80;

// A function has at most this many variables, and a name at most this many characters.
constexpr std::uint64_t kMaxVariables = 1U << 16U;
constexpr std::uint64_t kMaxName = 1024;
// And a module at most this many names that are counted.
constexpr std::uint64_t kMaxNames = 100'000;

// Stack references, what a frame's array holds from 3.14 on (Include/internal/pycore_stackref.h).
constexpr std::uint64_t kTagBits = 3;
constexpr std::uint64_t kTaggedInteger = 3;
constexpr std::uint64_t kTaggedNull = 1;

// Where a frame keeps the dict of a module's or class body's names. From 3.11 on f_locals is the second word behind
// f_globals (Include/internal/pycore_frame.h, from 3.14 pycore_interpframe_structs.h), before that the next one
// (Include/frameobject.h).
std::optional<Address> names_dict(const Objects& objects, const RawFrame& frame) {
  const Layout& layout = objects.layout();
  const bool object = layout.version < PythonVersion{3, 11, 0};
  const Offset globals = object ? layout.frame_object.globals : layout.frame.globals;
  return globals.present() ? objects.pointer(frame.address, globals.value() + (object ? 8U : 16U)) : std::nullopt;
}

}  // namespace

VariableList Variables::read(const RawFrame& frame) {
  VariableList found;
  if (frame.code == nullptr || frame.code->lost) {
    found.whole = false;
    return found;
  }
  const Names& names = names_of(frame.code->address);
  found.whole = names.sound;
  add_slots(frame, names, found);
  if (!names.optimized) {
    add_names(frame, found);
  }
  std::ranges::stable_partition(found.list, [](const Variable& one) { return one.is_argument; });
  return found;
}

Address Variables::first_argument(const RawFrame& frame) {
  if (frame.code == nullptr || frame.code->lost) {
    return 0;
  }
  const Names& names = names_of(frame.code->address);
  const auto slot = std::ranges::find_if(names.slots, &Slot::is_argument);
  const Layout& layout = objects_.layout();
  const Offset begin =
      layout.version < PythonVersion{3, 11, 0} ? layout.frame_object.localsplus : layout.frame.localsplus;
  if (slot == names.slots.end() || !begin.present()) {
    return 0;
  }
  const auto word = objects_.memory().get<std::uint64_t>(frame.address + begin.value() + slot->index * sizeof(Address));
  Variable variable;
  return word && resolve(*word, *slot, variable) ? variable.value : 0;
}

const Variables::Names& Variables::names_of(Address code) {
  const auto [at, fresh] = by_code_.try_emplace(code);
  if (fresh) {
    at->second = load(code);
  }
  return at->second;
}

Variables::Names Variables::load(Address code) {
  const auto& layout = objects_.layout().code;
  const auto flags = objects_.field<std::uint32_t>(code, layout.flags);
  const auto positional = objects_.field<std::uint32_t>(code, layout.argcount);
  if (!flags || !positional) {
    return {.sound = false};
  }
  Names names{.optimized = (*flags & kOptimized) != 0};
  std::uint64_t arguments = *positional;
  arguments += objects_.field<std::uint32_t>(code, layout.kwonlyargcount).value_or(0);
  arguments += (*flags & kVariableArguments) != 0 ? 1 : 0;
  arguments += (*flags & kVariableKeywords) != 0 ? 1 : 0;
  if (layout.localsplusnames.present()) {
    load_slots(code, arguments, names);
  } else {
    load_slots_of_objects(code, arguments, names);
  }
  return names;
}

std::optional<std::vector<std::string>> Variables::texts_of(std::optional<Address> tuple) const {
  const Layout& layout = objects_.layout();
  const auto count = tuple ? objects_.field<std::uint64_t>(*tuple, layout.var_object.size_field) : std::nullopt;
  if (!count || *count > kMaxVariables) {
    return std::nullopt;
  }
  std::vector<std::string> texts;
  for (std::uint64_t i = 0; i < *count; ++i) {
    const auto item = objects_.memory().get<Address>(*tuple + layout.tuple.items.value() + i * sizeof(Address));
    auto text = item ? objects_.text(*item, kMaxName) : std::nullopt;
    texts.push_back(std::move(text).value_or("?"));
  }
  return texts;
}

void Variables::load_slots(Address code, std::uint64_t arguments, Names& names) {
  const auto& layout = objects_.layout().code;
  const auto texts = texts_of(objects_.pointer(code, layout.localsplusnames));
  const auto kinds_at = objects_.pointer(code, layout.localspluskinds);
  const auto kinds = kinds_at ? objects_.bytes(*kinds_at, kMaxVariables) : std::nullopt;
  if (!texts || !kinds || kinds->size() != texts->size()) {
    names.sound = false;
    return;
  }
  for (std::uint32_t i = 0; i < texts->size(); ++i) {
    const auto bits = static_cast<std::uint8_t>((*kinds)[i]);
    const bool argument = i < arguments;
    Slot slot{.name = (*texts)[i], .is_argument = argument, .is_cell = (bits & (kCell | kFree)) != 0, .index = i};
    slot.kind = (bits & kFree) != 0   ? VariableKind::free
                : (bits & kCell) != 0 ? VariableKind::cell
                : argument            ? VariableKind::argument
                                      : VariableKind::local;
    slot.hidden = (bits & kHidden) != 0;
    names.slots.push_back(std::move(slot));
  }
}

void Variables::load_slots_of_objects(Address code, std::uint64_t arguments, Names& names) {
  const auto& layout = objects_.layout().code;
  const auto locals = texts_of(objects_.pointer(code, layout.varnames));
  const auto cells = texts_of(objects_.pointer(code, layout.cellvars));
  const auto free = texts_of(objects_.pointer(code, layout.freevars));
  if (!locals || !cells || !free) {
    names.sound = false;
    return;
  }
  // f_localsplus: the locals, then the cells, then the free variables (Objects/frameobject.c).
  std::uint32_t index = 0;
  for (const auto& name : *locals) {
    const bool argument = index < arguments;
    // An argument that inner functions use is moved into a cell when the call begins; 2.7 leaves a copy behind.
    if (std::ranges::find(*cells, name) == cells->end()) {
      names.slots.push_back({.name = name,
                             .kind = argument ? VariableKind::argument : VariableKind::local,
                             .is_argument = argument,
                             .index = index});
    }
    ++index;
  }
  for (const auto& name : *cells) {
    const auto own = std::ranges::find(*locals, name);
    const bool argument =
        own < locals->begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(arguments, locals->size()));
    names.slots.push_back(
        {.name = name, .kind = VariableKind::cell, .is_argument = argument, .is_cell = true, .index = index++});
  }
  for (const auto& name : *free) {
    names.slots.push_back({.name = name, .kind = VariableKind::free, .is_cell = true, .index = index++});
  }
  // Arguments in the order in which they were declared, also those that are kept in cells.
  const auto declared = [&](const Slot& slot) {
    return slot.is_argument ? std::ranges::find(*locals, slot.name) - locals->begin()
                            : static_cast<std::ptrdiff_t>(kMaxVariables + slot.index);
  };
  std::ranges::stable_sort(names.slots, {}, declared);
}

void Variables::add_slots(const RawFrame& frame, const Names& names, VariableList& found) {
  const Layout& layout = objects_.layout();
  const Offset begin =
      layout.version < PythonVersion{3, 11, 0} ? layout.frame_object.localsplus : layout.frame.localsplus;
  if (names.slots.empty()) {
    return;
  }
  std::vector<std::uint64_t> words(std::ranges::max(names.slots, {}, &Slot::index).index + std::size_t{1});
  if (!begin.present() ||
      !objects_.memory().read(frame.address + begin.value(), std::as_writable_bytes(std::span(words)))) {
    found.whole = false;
    return;
  }
  for (const Slot& slot : names.slots) {
    if (!names.optimized && !slot.hidden && slot.kind == VariableKind::local) {
      continue;  // in the dict
    }
    Variable variable{.name = &slot.name, .kind = slot.kind, .is_argument = slot.is_argument};
    if (resolve(words[slot.index], slot, variable)) {
      found.list.push_back(variable);
    }
  }
}

// What a slot of the frame's array holds; false: nothing.
bool Variables::resolve(std::uint64_t word, const Slot& slot, Variable& variable) {
  if (objects_.layout().version >= PythonVersion{3, 14, 0}) {
    if (word == kTaggedNull) {
      return false;
    }
    if ((word & kTagBits) == kTaggedInteger) {
      variable.number = static_cast<std::int64_t>(word) >> 2;
      return true;
    }
    word &= ~kTagBits;
  }
  variable.value = word;
  // Before its cell is made (MAKE_CELL, or co_cell2arg) the slot of an argument holds the argument itself.
  if (word != 0 && slot.is_cell && is_cell(word)) {
    // PyCellObject: ob_ref behind the head.
    variable.value = objects_.pointer(word, objects_.layout().object.type.value() + 8U).value_or(0);
  }
  return variable.value != 0;
}

bool Variables::is_cell(Address object) {
  const auto type = objects_.type_of(object);
  if (type && cell_type_ == 0 && objects_.type_name(*type) == "cell") {
    cell_type_ = *type;
  }
  return type && *type == cell_type_;
}

void Variables::add_names(const RawFrame& frame, VariableList& found) {
  const auto dict = names_dict(objects_, frame);
  if (!dict || *dict == 0) {
    found.whole = found.whole && dict.has_value();
    return;
  }
  std::vector<Variable> names;
  const bool read = objects_.for_each_entry(*dict, [&](Address key, Address value) {
    const auto [name, fresh] = dict_names_.try_emplace(key);
    if (fresh) {
      name->second = objects_.text(key, kMaxName).value_or("?");
    }
    if (!name->second.starts_with("__") || !name->second.ends_with("__")) {
      names.push_back({.name = &name->second, .value = value});
    }
    return names.size() < kMaxNames;
  });
  found.whole = found.whole && read;
  const std::uint64_t room = most_ - std::min<std::uint64_t>(most_, found.list.size());
  if (names.size() > room) {
    std::ranges::stable_partition(names, [&](const Variable& one) { return is_data(one.value); });
    found.left_out = names.size() - room;
    names.resize(room);
  }
  found.list.insert(found.list.end(), names.begin(), names.end());
}

// Not what the source of a module says as well: functions, classes, other modules.
bool Variables::is_data(Address object) {
  const auto type = objects_.type_of(object);
  if (!type) {
    return true;
  }
  const auto [known, fresh] = data_types_.try_emplace(*type);
  if (fresh) {
    constexpr std::uint64_t kClass = std::uint64_t{1} << 31U;  // Py_TPFLAGS_TYPE_SUBCLASS
    constexpr std::array<std::string_view, 4> kDefined{"function", "builtin_function_or_method", "module", "classobj"};
    const auto flags = objects_.field<std::uint64_t>(*type, objects_.layout().type.flags);
    const auto name = objects_.type_name(*type);
    known->second =
        (flags.value_or(0) & kClass) == 0 && (!name || std::ranges::find(kDefined, *name) == kDefined.end());
  }
  return known->second;
}

std::optional<Address> local_variable(Variables& variables, const RawFrame& frame, std::string_view name) {
  const VariableList list = variables.read(frame);
  const auto found =
      std::ranges::find_if(list.list, [&](const Variable& one) { return *one.name == name && one.value != 0; });
  return found == list.list.end() ? std::nullopt : std::optional(found->value);
}

}  // namespace stillframe::cpython
