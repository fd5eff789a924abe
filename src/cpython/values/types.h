// Types of the target's objects: names, bases, flags, and which kind of object they make.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cpython/objects/objects.h"

namespace stillframe::cpython {

struct Kind;

// Bits of tp_flags (Include/object.h); they are the same in every version from 2.7 on.
// NOLINTNEXTLINE(performance-enum-size): they are compared with all 64 bits of tp_flags
enum TypeFlag : std::uint64_t {
  kHeapType = 1ULL << 9U,
  kIntSubclass = 1ULL << 23U,  // 2.7
  kLongSubclass = 1ULL << 24U,
  kListSubclass = 1ULL << 25U,
  kTupleSubclass = 1ULL << 26U,
  kBytesSubclass = 1ULL << 27U,  // 2.7: str
  kTextSubclass = 1ULL << 28U,
  kDictSubclass = 1ULL << 29U,
  kExceptionSubclass = 1ULL << 30U,
  kTypeSubclass = 1ULL << 31U,
};

struct Type {
  Address address = 0;
  std::string name;       // tp_name: "dict", "collections.deque", "Order"; empty where the core has lost it
  std::string qualname;   // __qualname__: with the classes around it; 2.7: the name alone
  std::string qualified;  // with its module and the classes around it: "dict", "collections.deque", "app.Shop.Order"
  std::uint64_t flags = 0;
  std::uint64_t basic_size = 0;
  std::uint64_t item_size = 0;
  std::int64_t dict_offset = 0;
  std::vector<const Type*> mro;     // behind itself, nearest first
  const Kind* kind = nullptr;       // how its objects are written; null: by their attributes
  const Type* kind_type = nullptr;  // where in `mro` the kind was found: itself or a base
  bool own_repr = false;            // repr() of its objects is another one than that of kind_type

  [[nodiscard]] bool has(TypeFlag flag) const { return (flags & flag) != 0; }
  // Whether it is the type of that qualified name, or one of its bases is.
  [[nodiscard]] bool derives_from(std::string_view type) const;
  [[nodiscard]] bool is_heap() const { return has(kHeapType); }
};

// Reads each type once.
class Types {
 public:
  enum class Purpose : std::uint8_t { printing, recognition };  // to be recognised alone, no type gets a kind
  explicit Types(const Objects& objects, Purpose purpose = Purpose::printing) : objects_(objects), purpose_(purpose) {}

  // Null when there is no sound type at that address. The pointer stays valid as long as this.
  const Type* find(Address address);
  // The type of an object; null when there is no object with a sound type.
  const Type* of(Address object);
  // Its qualified name; empty where there is none.
  std::string name_of(Address object);
  // An attribute of the class itself, or of the nearest base that has it.
  [[nodiscard]] std::optional<Address> class_attribute(const Type& type, std::string_view name);
  // One of the class itself alone.
  [[nodiscard]] std::optional<Address> own_attribute(const Type& type, std::string_view name);
  // What repr() shows of objects of a class, where a kind has to find that out: names, found once for each class.
  const std::vector<std::string>& shown_fields(const Type& type, const std::function<std::vector<std::string>()>& find);

 private:
  bool load(Type& type);
  void load_names(Type& type) const;
  bool load_bases(Type& type);
  void choose_kind(Type& type);
  using Namespace = std::unordered_map<std::string_view, Address>;
  const Namespace& namespace_of(const Type& type);

  const Objects& objects_;
  Purpose purpose_;
  std::deque<Type> types_;
  std::unordered_map<Address, const Type*> by_address_;  // null: known to be none, or being read
  std::unordered_map<Address, Namespace> namespaces_;    // what the dicts of classes hold, by class
  std::unordered_map<Address, std::string> names_;       // of their keys, which most classes share
  std::unordered_map<Address, std::vector<std::string>> shown_fields_;
  std::uint32_t reading_ = 0;  // how many types are being read within one another
};

}  // namespace stillframe::cpython
