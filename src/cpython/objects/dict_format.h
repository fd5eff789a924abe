// How the versions of CPython lay out a dict's table (Objects/dictobject.c), brought to one form.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "memory/memory_source.h"

namespace stillframe::cpython {

using memory::Address;
class Objects;

// `count` entries of `stride` bytes at `entries`, the key's pointer at `key`, the value's at `value` within each.
// Where `values` is not 0 the values stand apart, as an array of pointers (split tables).
struct DictTable {
  Address entries = 0;
  std::uint64_t count = 0;
  std::uint32_t stride = 24;
  std::uint32_t key = 8;
  std::uint32_t value = 16;
  Address values = 0;
  // Of values that stand apart, 3.11+: bytes that say in which order they were set, `ordered` of them, each
  // `order_step` behind the one before. 0: in table order.
  Address order = 0;
  std::uint64_t ordered = 0;
  int order_step = 1;
  // Where the entries stand, by hash: `slots` numbers of `slot_width` bytes, as many as a power of two. None in 2.7.
  Address indices = 0;
  std::uint64_t slots = 0;
  std::uint32_t slot_width = 1;
};

// No dict that is looked through for one thing (modules, thread table, a module's or an instance's attributes) has more
// entries.
inline constexpr std::uint64_t kMostSearched = std::uint64_t{1} << 20U;

// The table of a dict object; nothing when its numbers make no sense, or it has more than `most` entries.
std::optional<DictTable> dict_table(const Objects& objects, Address dict, std::uint64_t most = kMostSearched);

// The value of a str key, looked for as the interpreter does, by its hash (3.7+; lookdict() of Objects/dictobject.c);
// 0: it has none. Only of tables whose values stand with their keys. `is_key` tells whether the object at an address is
// that key. Nothing where the table makes no sense.
std::optional<Address> find_entry(const memory::MemorySource& memory, const DictTable& table, std::uint64_t hash,
                                  const std::function<bool(Address key)>& is_key);

// Where an instance with a managed dict (3.11+) keeps its attributes: a dict, or values beside the type's shared keys.
struct ManagedAttributes {
  Address dict = 0;
  std::optional<DictTable> table;
};
ManagedAttributes managed_attributes(const Objects& objects, Address object, Address type, bool inline_values);

// Calls `visit` for every entry that has a key and a value, until it returns false. False when reading failed.
bool visit_entries(const memory::MemorySource& memory, const DictTable& table,
                   const std::function<bool(Address key, Address value)>& visit);

}  // namespace stillframe::cpython
