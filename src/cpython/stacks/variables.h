// The variables of a call: which there are and what each holds, as the frame has them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cpython/objects/objects.h"
#include "cpython/stacks/frames.h"

namespace stillframe::cpython {

enum class VariableKind : std::uint8_t {
  argument,
  local,
  cell,  // a local that inner functions use too
  free,  // a variable of an outer function
};

struct Variable {
  const std::string* name = nullptr;   // lives as long as the Variables
  Address value = 0;                   // the object, behind its cell; 0 where `number` holds it
  std::optional<std::int64_t> number;  // 3.14+: an int that the frame itself holds (a tagged stack reference)
  VariableKind kind = VariableKind::local;
  bool is_argument = false;  // also of an argument that is kept in a cell
};

struct VariableList {
  std::vector<Variable> list;  // arguments first, in declaration order; only those that are set
  std::uint64_t left_out = 0;  // of a module or a class body: how many more there are
  bool whole = true;           // false: some could not be read
};

// Reads the variables of frames; what a code object says of them is read once.
class Variables {
 public:
  // `most`: how many names of a module or class body are listed; where there are more, data come before functions,
  // classes and modules.
  Variables(const Objects& objects, std::uint64_t most) : objects_(objects), most_(most) {}

  VariableList read(const RawFrame& frame);
  // The first argument of a call, read alone; 0: it has none, or it is no object.
  Address first_argument(const RawFrame& frame);

 private:
  struct Slot {
    std::string name;
    VariableKind kind = VariableKind::local;
    bool is_argument = false;
    bool is_cell = false;     // what the slot holds is a cell, once the call has begun
    std::uint32_t index = 0;  // in the frame's array
    bool hidden = false;      // 3.12+: of a comprehension that runs inside a module or class body
  };
  struct Names {
    std::vector<Slot> slots;
    bool optimized = true;  // false: a module or class body, whose names are in a dict
    bool sound = true;
  };

  const Names& names_of(Address code);
  Names load(Address code);
  void load_slots(Address code, std::uint64_t arguments, Names& names);             // 3.11+
  void load_slots_of_objects(Address code, std::uint64_t arguments, Names& names);  // to 3.10
  [[nodiscard]] std::optional<std::vector<std::string>> texts_of(std::optional<Address> tuple) const;
  void add_slots(const RawFrame& frame, const Names& names, VariableList& found);
  bool resolve(std::uint64_t word, const Slot& slot, Variable& variable);
  void add_names(const RawFrame& frame, VariableList& found);
  [[nodiscard]] bool is_cell(Address object);
  [[nodiscard]] bool is_data(Address object);

  const Objects& objects_;
  std::uint64_t most_;
  Address cell_type_ = 0;
  std::unordered_map<Address, Names> by_code_;
  std::unordered_map<Address, bool> data_types_;         // whether objects of a type are data
  std::unordered_map<Address, std::string> dict_names_;  // of modules and class bodies, by the key's address
};

// A variable of a call by its name; nothing where it is not set.
std::optional<Address> local_variable(Variables& variables, const RawFrame& frame, std::string_view name);

}  // namespace stillframe::cpython
