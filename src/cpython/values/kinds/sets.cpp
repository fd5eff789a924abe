// set and frozenset.
#include <algorithm>
#include <array>

#include "cpython/values/kind_lists.h"
#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

// No set has more slots: a table of this many fills the address space of a process.
constexpr std::uint64_t kMostSlots = std::uint64_t{1} << 43U;
// Slots that are looked through for the elements that are shown.
constexpr std::uint64_t kMostLookedThrough = std::uint64_t{1} << 20U;

// PySetObject (Include/cpython/setobject.h; 2.7: Include/setobject.h) begins with fill, used, mask and table, whose
// entries are {key, hash}; in 2.7 {hash, key}.
class SetTable {
 public:
  SetTable(const Objects& objects, Address set)
      : objects_(objects),
        used_(objects.field<std::uint64_t>(set, word(objects, 1))),
        mask_(objects.field<std::uint64_t>(set, word(objects, 2))),
        table_(objects.pointer(set, word(objects, 3))) {}

  [[nodiscard]] bool sound() const { return used_ && mask_ && table_ && *mask_ < kMostSlots && *used_ <= *mask_ + 1; }
  [[nodiscard]] std::uint64_t used() const { return *used_; }

  // Calls `visit(key)` for each element until it returns false. False where the table cannot be read.
  template <typename Visit>
  bool each(const Visit& visit) const {
    constexpr std::uint64_t kBatch = 64;
    std::array<std::array<std::uint64_t, 2>, kBatch> slots;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    const std::uint64_t count = std::min(*mask_ + 1, kMostLookedThrough);
    for (std::uint64_t first = 0; first < count; first += kBatch) {
      const auto here = std::span(slots).first(std::min(kBatch, count - first));
      if (!objects_.memory().read(*table_ + first * sizeof slots[0], std::as_writable_bytes(here))) {
        return false;
      }
      for (const auto& slot : here) {
        if (is_element(slot) && !visit(slot[key_index()])) {
          return true;
        }
      }
    }
    return true;
  }

 private:
  [[nodiscard]] bool is_old() const { return objects_.layout().version.major < 3; }
  [[nodiscard]] std::size_t key_index() const { return is_old() ? 1 : 0; }

  // An element that was removed left a dummy: in 3.x it has the hash -1, which no object has (set_discard_entry in
  // Objects/setobject.c); in 2.7 the removed one's hash and a certain string.
  [[nodiscard]] bool is_element(const std::array<std::uint64_t, 2>& slot) const {
    const Address key = slot[key_index()];
    const std::uint64_t hash = slot[1 - key_index()];
    if (key == 0 || !is_old()) {
      return key != 0 && hash != ~std::uint64_t{0};
    }
    if (objects_.field<std::uint64_t>(key, objects_.layout().var_object.size_field) != kDummy.size() ||
        objects_.bytes(key, kDummy.size()) != kDummy) {
      return true;
    }
    // PyStringObject.ob_shash stands behind ob_size; a string that is an element has the slot's.
    return objects_.field<std::uint64_t>(key, var_word(objects_, 0)) == hash;
  }

  static constexpr std::string_view kDummy = "<dummy key>";

  const Objects& objects_;
  std::optional<std::uint64_t> used_;
  std::optional<std::uint64_t> mask_;
  std::optional<Address> table_;
};

bool put_elements(Printer& out, const SetTable& table) {
  const std::size_t start = out.position();
  std::uint64_t shown = 0;
  const bool whole = table.each([&](Address key) {
    if (shown >= out.limits().max_items || shown >= table.used()) {
      return false;
    }
    out.separate(start);
    if (!out.room()) {
      shown = table.used();
      return false;
    }
    out.item(key);
    ++shown;
    return shown < table.used();
  });
  if (!whole) {
    return out.fail("its elements cannot be read");
  }
  if (shown < table.used()) {
    out.separate(start);
    out.more(table.used() - shown);
  }
  return true;
}

// set_repr() in Objects/setobject.c.
bool write_set(Printer& out, const Instance& object) {
  const SetTable table(out.objects(), object.address);
  if (!table.sound()) {
    return out.fail("its table makes no sense");
  }
  const bool old = out.objects().layout().version.major < 3;
  if (table.used() == 0 && !old) {
    out.put(object.type.name);
    out.put("()");
    return true;
  }
  const bool bare = !old && object.type.name == "set";
  if (!bare) {
    out.put(object.type.name);
    out.put("(");
  }
  out.put(old ? "[" : "{");
  if (!put_elements(out, table)) {
    return false;
  }
  out.put(old ? "]" : "}");
  out.put(bare ? "" : ")");
  return true;
}

constexpr Kind kKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "set", .write = write_set, .cycle = "set(...)"},
    {.name = "frozenset", .write = write_set, .cycle = "frozenset(...)"},
};

}  // namespace

std::span<const Kind> set_kinds() {
  return kKinds;
}

}  // namespace stillframe::cpython
