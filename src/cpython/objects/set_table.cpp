#include "cpython/objects/set_table.h"

#include <algorithm>
#include <array>

#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

// No set has more slots: a table of this many fills the address space of a process.
constexpr std::uint64_t kMostSlots = std::uint64_t{1} << 43U;
// Slots that are looked through for elements.
constexpr std::uint64_t kMostLookedThrough = std::uint64_t{1} << 20U;

}  // namespace

// PySetObject (Include/cpython/setobject.h; 2.7: Include/setobject.h) begins with fill, used, mask and table, whose
// entries are {key, hash}; in 2.7 {hash, key}.
SetTable::SetTable(const Objects& objects, Address set)
    : objects_(objects),
      old_(objects.layout().version.major < 3),
      used_(objects.field<std::uint64_t>(set, word(objects, 1))),
      mask_(objects.field<std::uint64_t>(set, word(objects, 2))),
      table_(objects.pointer(set, word(objects, 3))) {}

bool SetTable::sound() const {
  return used_ && mask_ && table_ && *mask_ < kMostSlots && *used_ <= *mask_ + 1;
}

bool SetTable::each(const std::function<bool(Address)>& visit) const {
  constexpr std::uint64_t kBatch = 64;
  const std::size_t key = old_ ? 1 : 0;
  std::array<std::array<std::uint64_t, 2>, kBatch> slots;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  const std::uint64_t count = std::min(*mask_ + 1, kMostLookedThrough);
  for (std::uint64_t first = 0; first < count; first += kBatch) {
    const auto here = std::span(slots).first(std::min(kBatch, count - first));
    if (!objects_.memory().read(*table_ + first * sizeof slots[0], std::as_writable_bytes(here))) {
      return false;
    }
    for (const auto& slot : here) {
      if (is_element(slot[key], slot[1 - key]) && !visit(slot[key])) {
        return true;
      }
    }
  }
  return true;
}

// An element that was removed left a dummy: in 3.x it has the hash -1, which no object has (set_discard_entry in
// Objects/setobject.c); in 2.7 the removed one's hash and a certain string.
bool SetTable::is_element(Address key, std::uint64_t hash) const {
  constexpr std::string_view kDummy = "<dummy key>";
  if (key == 0 || !old_) {
    return key != 0 && hash != ~std::uint64_t{0};
  }
  if (objects_.field<std::uint64_t>(key, objects_.layout().var_object.size_field) != kDummy.size() ||
      objects_.bytes(key, kDummy.size()) != kDummy) {
    return true;
  }
  // PyStringObject.ob_shash stands behind ob_size; a string that is an element has the slot's.
  return objects_.field<std::uint64_t>(key, var_word(objects_, 0)) == hash;
}

}  // namespace stillframe::cpython
