// For the tests of kinds that are written in Python: instances of their classes, with their attributes in a __dict__.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cpython/values/value_writing.h"

namespace stillframe::testing {

class Instances : public ValueWriting {
 protected:
  using Address = memory::Address;
  using Attributes = std::vector<std::pair<std::string, Address>>;

  void SetUp() override {
    python.tuple({});
    python.list({});
    set_flag(python.text_type, is_old() ? cpython::kBytesSubclass : cpython::kTextSubclass);
    set_flag(python.dict_type, cpython::kDictSubclass);
    set_flag(python.integer_type, cpython::kLongSubclass);
    set_flag(python.tuple_type, cpython::kTupleSubclass);
    set_flag(python.list_type, cpython::kListSubclass);
    none = python.object(python.type("NoneType"));
    bool_type = python.type("bool");
    set_flag(bool_type, is_old() ? cpython::kIntSubclass : cpython::kLongSubclass);
  }

  void set_flag(Address type, std::uint64_t flag) { python.set(type, layout.type.flags, flag); }

  Address dict(const Attributes& entries) {
    std::vector<std::pair<Address, Address>> made;
    for (const auto& [name, value] : entries) {
      made.emplace_back(python.text(name), value);
    }
    return python.dict(made);
  }

  // A class of a module; at most seven attributes of its own.
  Address class_of(std::string_view module, std::string_view name, const std::vector<Address>& bases = {},
                   Attributes attributes = {}) {
    const Address at = python.python_class(name, bases);
    attributes.insert(attributes.begin(), {"__module__", python.text(module)});
    python.set(at, layout.type.dict, dict(attributes));
    python.set(at, layout.type.dictoffset, std::int64_t{kDict});
    python.set(at, layout.type.basicsize, std::uint64_t{kDict + 8});
    return at;
  }

  Address instance_of(Address of, const Attributes& attributes) {
    const Address at = python.object(of);
    python.memory.put(at + kDict, dict(attributes));
    return at;
  }

  // An instance of "module.Class".
  Address instance(std::string_view of, const Attributes& attributes) {
    const std::size_t dot = of.rfind('.');
    return instance_of(class_of(of.substr(0, dot), of.substr(dot + 1)), attributes);
  }

  Address integer(std::uint64_t value) { return python.integer(value); }

  Address boolean(bool value) {
    const Address type = std::exchange(python.integer_type, bool_type);
    const Address at = python.integer(value ? 1 : 0);
    python.integer_type = type;
    return at;
  }

  static constexpr std::uint64_t kDict = 128;
  Address none = 0;
  Address bool_type = 0;
};

}  // namespace stillframe::testing
