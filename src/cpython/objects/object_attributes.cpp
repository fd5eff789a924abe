// Dicts, and the attributes that instances keep.
#include <algorithm>
#include <utility>

#include "cpython/objects/dict_format.h"
#include "cpython/objects/objects.h"
#include "cpython/objects/string_hash.h"

namespace stillframe::cpython {
namespace {

// Include/object.h: what tp_flags says about where an instance keeps its attributes.
constexpr std::uint64_t kInlineValues = 1U << 2U;  // 3.13+
constexpr std::uint64_t kManagedDict = 1U << 4U;   // 3.11+
// No object has its __dict__ behind more bytes than this.
constexpr std::int64_t kMaxDictOffset = std::int64_t{1} << 26U;

}  // namespace

bool Objects::for_each_entry(Address dict, const std::function<bool(Address, Address)>& visit) const {
  const auto table = dict_table(*this, dict);
  return table && visit_entries(memory_, *table, visit);
}

std::uint64_t Objects::hash_of(std::string_view text) const {
  return string_hash(text, *layout_.hash_secret, layout_.version >= PythonVersion{3, 11, 0});
}

// A key has its hash behind its length (PyASCIIObject of Include/cpython/unicodeobject.h).
bool Objects::hashes_are_known(const DictTable& table) const {
  if (!hashes_known_) {
    const auto key = memory_.get<Address>(table.entries + table.key);
    const auto characters = key ? text(*key, 1000) : std::nullopt;
    const auto hash = characters && layout_.unicode.length.present()
                          ? memory_.get<std::uint64_t>(*key + layout_.unicode.length.value() + 8)
                          : std::unexpected(memory::Fault{});
    if (!hash) {
      return false;
    }
    hashes_known_ = *hash == hash_of(*characters);
  }
  return *hashes_known_;
}

bool Objects::finds_by_hash() const {
  return layout_.hash_secret && layout_.version >= PythonVersion{3, 7, 0} && hashes_known_.value_or(true);
}

// By its hash, where we can compute it, few of the keys have to be read. That there is none is believed only where that
// hash is known to be right.
std::optional<Address> Objects::lookup(Address dict, std::string_view key) const {
  const bool ascii = std::ranges::none_of(key, [](char one) { return (static_cast<unsigned char>(one) & 0x80U) != 0; });
  if (ascii && finds_by_hash()) {
    const auto table = dict_table(*this, dict);
    const auto value =
        table ? find_entry(memory_, *table, hash_of(key), [&](Address name) { return text(name, key.size()) == key; })
              : std::nullopt;
    if (value && *value != 0) {
      return value;
    }
    if (value && hashes_are_known(*table)) {
      return std::nullopt;
    }
  }
  std::optional<Address> found;
  for_each_entry(dict, [&](Address name, Address value) {
    if (const auto text_of_key = text(name, key.size()); text_of_key == key) {
      found = value;
    }
    return !found;
  });
  return found;
}

std::optional<Address> Objects::instance_attribute(Address object, std::string_view name) const {
  const auto type = type_of(object);
  std::optional<Address> found;
  if (type) {
    for_each_instance_attribute(object, *type, [&](Address key, Address value) {
      if (text(key, name.size()) == name) {
        found = value;
      }
      return !found;
    });
  }
  return found;
}

bool Objects::for_each_instance_attribute(Address object, Address type,
                                          const std::function<bool(Address, Address)>& visit) const {
  const auto flags = field<std::uint64_t>(type, layout_.type.flags);
  if (!flags) {
    return false;
  }
  if (layout_.version >= PythonVersion{3, 11, 0} && (*flags & kManagedDict) != 0) {
    const auto place = managed_attributes(*this, object, type, (*flags & kInlineValues) != 0);
    if (place.dict != 0) {
      return for_each_entry(place.dict, visit);
    }
    return !place.table || visit_entries(memory_, *place.table, visit);
  }
  // Negative offsets count from the end of objects of varying size (_PyObject_ComputedDictPointer in Objects/object.c).
  auto offset = field<std::int64_t>(type, layout_.type.dictoffset);
  if (offset && *offset < 0) {
    offset = offset_from_end(object, type, *offset);
  }
  if (!offset || *offset < 0 || *offset > kMaxDictOffset) {
    return false;
  }
  if (*offset == 0) {
    return true;
  }
  const auto dict = memory_.get<Address>(object + static_cast<Address>(*offset));
  return dict && (*dict == 0 || for_each_entry(*dict, visit));
}

std::optional<std::int64_t> Objects::offset_from_end(Address object, Address type, std::int64_t offset) const {
  const auto basic_size = field<std::int64_t>(type, layout_.type.basicsize);
  const auto item_size = field<std::int64_t>(type, layout_.type.itemsize);
  constexpr std::uint64_t kLongSubclass = 1U << 24U;  // Py_TPFLAGS_LONG_SUBCLASS
  const auto flags = field<std::uint64_t>(type, layout_.type.flags).value_or(0);
  const auto size = variable_size(object, (flags & kLongSubclass) != 0);
  if (!basic_size || !item_size || !size || std::cmp_greater(size->count, kMaxDictOffset) || *item_size < 0 ||
      *item_size > kMaxDictOffset || *basic_size < 0 || *basic_size > kMaxDictOffset) {
    return std::nullopt;
  }
  const auto items = static_cast<std::int64_t>(size->count);
  const std::int64_t end = (*basic_size + items * *item_size + 7) & ~std::int64_t{7};
  return end + offset;
}

}  // namespace stillframe::cpython
