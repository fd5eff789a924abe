// Attributes of instances by name, where thousands of objects of few classes are asked for the same ones: what is found
// out of a class or a name is remembered.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "cpython/values/types.h"

namespace stillframe::cpython {

class Instances {
 public:
  Instances(const Objects& objects, Types& types) : objects_(objects), types_(types) {}

  [[nodiscard]] const Objects& objects() const { return objects_; }
  [[nodiscard]] Types& types() { return types_; }

  // What the instance has of its own under that name: in a slot, or among its attributes. `name` must live as long as
  // this. Nothing where it has no such attribute or it cannot be read.
  std::optional<Address> get(Address object, std::string_view name);
  std::optional<std::int64_t> integer(Address object, std::string_view name);
  std::optional<double> real(Address object, std::string_view name);
  std::optional<bool> truth(Address object, std::string_view name);
  std::optional<std::string> text(Address object, std::string_view name);

  // Whether an object's class or one of its bases is called so, with its module: "asyncio.locks.Lock".
  bool is_a(Address object, std::string_view qualified);
  // None, of which there is one.
  bool is_none(Address object);

 private:
  // Where objects of one class have the slot of that name; 0: they have none.
  std::uint32_t slot_of(const Type& type, std::string_view name);
  const std::string& key_text(Address key);

  const Objects& objects_;
  Types& types_;
  std::map<std::pair<const Type*, std::string_view>, std::uint32_t> slots_;
  std::map<std::pair<const Type*, std::string_view>, bool> kinships_;
  std::unordered_map<Address, std::string> keys_;
  Address none_type_ = 0;
  std::unordered_set<Address> other_types_;  // seen before that one
};

// An int or float as a number; nothing for what is neither.
std::optional<double> real_number(const Objects& objects, const Type& type, Address object);

}  // namespace stillframe::cpython
