#include "cpython/objects/dict_format.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "cpython/objects/objects.h"

namespace stillframe::cpython {
namespace {

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
std::optional<DictTable> keys_table(const Objects& objects, Address keys, std::uint64_t most = kMostSearched) {
  const auto& layout = objects.layout().dict_keys;
  const auto count = objects.field<std::uint64_t>(keys, layout.nentries);
  if (!count || *count > most || !layout.indices.present()) {
    return std::nullopt;
  }
  DictTable table{.count = *count};
  const Address indices = keys + layout.indices.value();
  if (!layout.log2_index_bytes.present()) {
    const auto slots = objects.field<std::uint64_t>(keys, layout.size_field);
    if (!slots || *slots > most * 4) {
      return std::nullopt;
    }
    table.indices = indices;
    table.slots = *slots;
    table.slot_width = static_cast<std::uint32_t>(index_width(*slots));
    table.entries = indices + *slots * table.slot_width;
    return table;
  }
  const auto log2_bytes = objects.field<std::uint8_t>(keys, layout.log2_index_bytes);
  const auto kind = objects.field<std::uint8_t>(keys, layout.kind);
  if (!log2_bytes || !kind || *log2_bytes > 40 || *kind > kSplitKeys) {
    return std::nullopt;
  }
  table.entries = indices + (Address{1} << *log2_bytes);
  const auto log2_slots = objects.field<std::uint8_t>(keys, layout.log2_size);
  if (log2_slots && *log2_slots <= *log2_bytes && *log2_bytes - *log2_slots <= 3) {
    table.indices = indices;
    table.slots = std::uint64_t{1} << *log2_slots;
    table.slot_width = 1U << (*log2_bytes - *log2_slots);
  }
  if (*kind != kGeneralKeys) {
    // PyDictUnicodeEntry has no hash.
    table.stride = 16;
    table.key = 0;
    table.value = 8;
  }
  return table;
}

// Values at `values` apart from the keys of `table`. From 3.11 on they carry the order in which they were set: 3.11 and
// 3.12 in bytes before them, backwards, behind their count (_PyDictValues_AddToInsertionOrder in
// Include/internal/pycore_dict.h); 3.13+ in bytes behind the last of them (get_insertion_order_array there).
void set_values(const Objects& objects, Address values, DictTable& table) {
  const auto& layout = objects.layout().dict_values;
  table.values = values + (layout.values.present() ? layout.values.value() : 0);
  if (objects.layout().version < PythonVersion{3, 11, 0}) {
    return;
  }
  if (layout.capacity.present() && layout.size_field.present()) {
    const auto capacity = objects.field<std::uint8_t>(values, layout.capacity);
    table.ordered = objects.field<std::uint8_t>(values, layout.size_field).value_or(0);
    table.order = capacity ? table.values + std::uint64_t{*capacity} * sizeof(Address) : 0;
    table.count = capacity ? std::min<std::uint64_t>(table.count, *capacity) : 0;
    return;
  }
  table.ordered = objects.memory().get<std::uint8_t>(table.values - 2).value_or(0);
  table.order = table.values - 3;
  table.order_step = -1;
}

}  // namespace

std::optional<DictTable> dict_table(const Objects& objects, Address dict, std::uint64_t most) {
  const auto& layout = objects.layout().dict;
  if (layout.table.present()) {  // 2.7: one open hash table, unused slots have no value
    const auto entries = objects.pointer(dict, layout.table);
    const auto mask = objects.field<std::uint64_t>(dict, layout.mask);
    if (!entries || !mask || *mask >= most) {
      return std::nullopt;
    }
    return DictTable{.entries = *entries, .count = *mask + 1};
  }
  const auto keys = objects.pointer(dict, layout.keys);
  const auto values = objects.pointer(dict, layout.values);
  if (!keys || !values) {
    return std::nullopt;
  }
  auto table = keys_table(objects, *keys, most);
  if (table && *values != 0) {
    set_values(objects, *values, *table);
  }
  return table;
}

ManagedAttributes managed_attributes(const Objects& objects, Address object, Address type, bool inline_values) {
  const auto& layout = objects.layout();
  const auto keys = objects.pointer(type, layout.heap_type.cached_keys);
  const auto table_with = [&](Address values) {
    auto table = keys ? keys_table(objects, *keys) : std::nullopt;
    if (table) {
      set_values(objects, values, *table);
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

namespace {

// Split tables have few entries: SHARED_KEYS_MAX_SIZE is 30, and 254 is what a byte can count.
constexpr std::uint64_t kMostSplit = 254;

bool visit_in_order(const memory::MemorySource& memory, const DictTable& table,
                    const std::function<bool(Address, Address)>& visit) {
  const std::uint64_t count = std::min(table.count, kMostSplit);
  const std::uint64_t ordered = std::min(table.ordered, kMostSplit);
  std::array<std::byte, kMostSplit * 24> raw;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() fills it
  std::array<Address, kMostSplit> values;      // NOLINT(cppcoreguidelines-pro-type-member-init): likewise
  std::array<std::uint8_t, kMostSplit> order;  // NOLINT(cppcoreguidelines-pro-type-member-init): likewise
  const bool backwards = table.order_step < 0;
  const Address order_at = backwards ? table.order - (ordered - 1) : table.order;
  if (!memory.read(table.entries, std::span(raw).first(count * table.stride)) ||
      !memory.read(table.values, std::as_writable_bytes(std::span(values).first(count))) ||
      !memory.read(order_at, std::as_writable_bytes(std::span(order).first(ordered)))) {
    return false;
  }
  for (std::uint64_t i = 0; i < ordered; ++i) {
    const std::uint8_t at = order[backwards ? ordered - 1 - i : i];
    if (at >= count) {
      return false;
    }
    Address key = 0;
    std::memcpy(&key, raw.data() + std::size_t{at} * table.stride + table.key, sizeof key);
    if (key != 0 && values[at] != 0 && !visit(key, values[at])) {
      return true;
    }
  }
  return true;
}

}  // namespace

bool visit_entries(const memory::MemorySource& memory, const DictTable& table,
                   const std::function<bool(Address, Address)>& visit) {
  if (table.values != 0 && table.order != 0) {
    return table.ordered == 0 || visit_in_order(memory, table, visit);
  }
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

std::optional<Address> find_entry(const memory::MemorySource& memory, const DictTable& table, std::uint64_t hash,
                                  const std::function<bool(Address)>& is_key) {
  constexpr std::int64_t kEmpty = -1;    // DKIX_EMPTY; DKIX_DUMMY, of an entry that was deleted, is -2
  constexpr unsigned kPerturbShift = 5;  // PERTURB_SHIFT
  if (table.slots == 0 || !std::has_single_bit(table.slots) || table.values != 0) {
    return std::nullopt;
  }
  const std::uint64_t mask = table.slots - 1;
  std::uint64_t perturb = hash;
  std::uint64_t slot = hash & mask;
  // Of a sound table a third of the slots is empty, and all of them are come by.
  for (std::uint64_t step = 0; step < table.slots * 2 + 64; ++step) {
    std::int64_t index = 0;
    if (!memory.read(table.indices + slot * table.slot_width,
                     std::as_writable_bytes(std::span(&index, 1)).first(table.slot_width))) {
      return std::nullopt;
    }
    const unsigned unused = 64 - 8 * table.slot_width;
    index = static_cast<std::int64_t>(static_cast<std::uint64_t>(index) << unused) >> unused;  // with its sign
    if (index == kEmpty) {
      return Address{0};
    }
    if (index >= 0) {
      const Address entry = table.entries + static_cast<std::uint64_t>(index) * table.stride;
      const auto key = memory.get<Address>(entry + table.key);
      const auto value = memory.get<Address>(entry + table.value);
      if (std::cmp_greater_equal(index, table.count) || !key || !value) {
        return std::nullopt;
      }
      if (*key != 0 && is_key(*key)) {
        return *value;
      }
    }
    perturb >>= kPerturbShift;
    slot = (slot * 5 + perturb + 1) & mask;
  }
  return std::nullopt;
}

}  // namespace stillframe::cpython
