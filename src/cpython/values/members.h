// Members of objects whose structures hold little but words: the n-th word behind the head that all objects have.
#pragma once

#include "cpython/objects/objects.h"

namespace stillframe::cpython {

// Behind PyObject_HEAD, which ends with the type.
inline Offset word(const Objects& objects, std::uint32_t index) {
  return objects.layout().object.type.value() + (index + 1) * std::uint32_t{sizeof(Address)};
}

// Behind PyObject_VAR_HEAD, which ends with the size.
inline Offset var_word(const Objects& objects, std::uint32_t index) {
  return objects.layout().var_object.size_field.value() + (index + 1) * std::uint32_t{sizeof(Address)};
}

// The object that such a word leads to; nothing where it cannot be read or is null.
inline std::optional<Address> part(const Objects& objects, Address object, std::uint32_t index) {
  const auto found = objects.pointer(object, word(objects, index));
  return found && *found != 0 ? found : std::nullopt;
}

// An item of a tuple; nothing where it cannot be read or is null. That there are so many is for the caller to know.
inline std::optional<Address> tuple_item(const Objects& objects, Address tuple, std::uint32_t index) {
  const auto item = objects.memory().get<Address>(tuple + objects.layout().tuple.items.value() +
                                                  std::uint64_t{index} * sizeof(Address));
  return item && *item != 0 ? std::optional(*item) : std::nullopt;
}

// Whether `size` bytes can be worth the memory that they are read into: their last one can be read.
inline bool reaches(const Objects& objects, Address at, std::uint64_t size) {
  return size == 0 || objects.memory().get<std::uint8_t>(at + size - 1).has_value();
}

}  // namespace stillframe::cpython
