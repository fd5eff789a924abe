#include "cpython/dict_format.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "cpython/objects.h"

namespace stillframe::cpython {
namespace {

// No dict that this program looks into (modules, thread table, a module's or an instance's attributes) has more.
constexpr std::uint64_t kMaxEntries = std::uint64_t{1} << 20U;

// DICT_KEYS_GENERAL, DICT_KEYS_UNICODE, DICT_KEYS_SPLIT of Include/internal/pycore_dict.h, 3.11+.
constexpr std::uint8_t kGeneralKeys = 0;
constexpr std::uint8_t kSplitKeys = 2;

// Bytes that one index of a table of `slots` slots takes (to 3.10: DK_IXSIZE).
std::uint64_t index_width(std::uint64_t slots) {
  if (slots <= 0xff) {
    return 1;
  }
  if (slots <= 0xffff) {
    return 2;
  }
  return slots <= 0xffffffff ? 4 : 8;
}

// The entries behind a keys object; `values` stays to be filled in for split tables.
std::optional<DictTable> keys_table(const Objects& objects, Address keys) {
  const auto& layout = objects.layout().dict_keys;
  const auto count = objects.field<std::uint64_t>(keys, layout.nentries);
  if (!count || *count > kMaxEntries || !layout.indices.present()) {
    return std::nullopt;
  }
  DictTable table{.count = *count};
  const Address indices = keys + layout.indices.value();
  if (!layout.log2_index_bytes.present()) {
    const auto slots = objects.field<std::uint64_t>(keys, layout.size_field);
    if (!slots || *slots > kMaxEntries * 4) {
      return std::nullopt;
    }
    table.entries = indices + *slots * index_width(*slots);
    return table;
  }
  const auto log2_bytes = objects.field<std::uint8_t>(keys, layout.log2_index_bytes);
  const auto kind = objects.field<std::uint8_t>(keys, layout.kind);
  if (!log2_bytes || !kind || *log2_bytes > 40 || *kind > kSplitKeys) {
    return std::nullopt;
  }
  table.entries = indices + (Address{1} << *log2_bytes);
  if (*kind != kGeneralKeys) {
    // PyDictUnicodeEntry has no hash.
    table.stride = 16;
    table.key = 0;
    table.value = 8;
  }
  return table;
}

Address values_array(const Objects& objects, Address values) {
  const auto& layout = objects.layout().dict_values;
  return values + (layout.values.present() ? layout.values.value() : 0);
}

}  // namespace

std::optional<DictTable> dict_table(const Objects& objects, Address dict) {
  const auto& layout = objects.layout().dict;
  if (layout.table.present()) {  // 2.7: one open hash table, unused slots have no value
    const auto entries = objects.pointer(dict, layout.table);
    const auto mask = objects.field<std::uint64_t>(dict, layout.mask);
    if (!entries || !mask || *mask >= kMaxEntries) {
      return std::nullopt;
    }
    return DictTable{.entries = *entries, .count = *mask + 1};
  }
  const auto keys = objects.pointer(dict, layout.keys);
  const auto values = objects.pointer(dict, layout.values);
  if (!keys || !values) {
    return std::nullopt;
  }
  auto table = keys_table(objects, *keys);
  if (table && *values != 0) {
    table->values = values_array(objects, *values);
  }
  return table;
}

ManagedAttributes managed_attributes(const Objects& objects, Address object, Address type, bool inline_values) {
  const auto& layout = objects.layout();
  const auto keys = objects.pointer(type, layout.heap_type.cached_keys);
  const auto table_with = [&](Address values) {
    auto table = keys ? keys_table(objects, *keys) : std::nullopt;
    if (table) {
      table->values = values_array(objects, values);
    }
    return table;
  };
  ManagedAttributes place;
  if (layout.version >= PythonVersion{3, 13, 0}) {
    // MANAGED_DICT_OFFSET of Include/internal/pycore_object.h; free-threaded builds have no GC head in front.
    const Address slot = object - (layout.build.free_threaded ? 8 : 24);
    place.dict = objects.memory().get<Address>(slot).value_or(0);
    const auto basic_size = objects.field<std::uint64_t>(type, layout.type.basicsize);
    if (place.dict == 0 && inline_values && basic_size && *basic_size < 65536) {
      place.table = table_with(object + *basic_size);
    }
    return place;
  }
  const auto word = objects.memory().get<Address>(object - 24);
  if (!word) {
    return place;
  }
  if (layout.version >= PythonVersion{3, 12, 0}) {
    // One word for both: values are kept as their address minus 1 (_PyDictOrValues_SetValues).
    if ((*word & 1U) != 0) {
      place.table = table_with(*word + 1);
    } else {
      place.dict = *word;
    }
    return place;
  }
  place.dict = *word;  // 3.11: the dict in one word, the values in the word before it
  const auto values = objects.memory().get<Address>(object - 32);
  if (place.dict == 0 && values && *values != 0) {
    place.table = table_with(*values);
  }
  return place;
}

bool visit_entries(const memory::MemorySource& memory, const DictTable& table,
                   const std::function<bool(Address, Address)>& visit) {
  constexpr std::uint64_t kBatch = 64;
  std::array<std::byte, kBatch * 24> raw;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() fills it
  std::array<Address, kBatch> apart;       // NOLINT(cppcoreguidelines-pro-type-member-init): likewise
  for (std::uint64_t first = 0; first < table.count; first += kBatch) {
    const std::uint64_t here = std::min(kBatch, table.count - first);
    const std::span<std::byte> piece(raw.data(), here * table.stride);
    if (!memory.read(table.entries + first * table.stride, piece)) {
      return false;
    }
    const std::span<Address> values(apart.data(), here);
    if (table.values != 0 && !memory.read(table.values + first * 8, std::as_writable_bytes(values))) {
      return false;
    }
    for (std::uint64_t i = 0; i < here; ++i) {
      Address key = 0;
      Address value = 0;
      std::memcpy(&key, piece.data() + i * table.stride + table.key, sizeof key);
      std::memcpy(&value, piece.data() + i * table.stride + table.value, sizeof value);
      if (table.values != 0) {
        value = values[i];
      }
      if (key != 0 && value != 0 && !visit(key, value)) {
        return true;
      }
    }
  }
  return true;
}

}  // namespace stillframe::cpython
