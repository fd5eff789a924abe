// The members of objects that are implemented in C: what stands behind the object's head, read in one go into a
// structure that is declared as the C source declares it.
#pragma once

#include <optional>

#include "cpython/values/kinds.h"

namespace stillframe::cpython {

// Behind PyObject_HEAD.
inline Address members_at(const Printer& out, const Instance& object) {
  return object.address + out.objects().layout().object.type.value() + sizeof(Address);
}

// Behind PyObject_VAR_HEAD.
inline Address var_members_at(const Printer& out, const Instance& object) {
  return object.address + out.objects().layout().var_object.size_field.value() + sizeof(Address);
}

template <typename T>
std::optional<T> read_at(const Printer& out, Address at) {
  const auto found = out.objects().memory().get<T>(at);
  return found ? std::optional<T>(*found) : std::nullopt;
}

template <typename T>
std::optional<T> members_of(const Printer& out, const Instance& object) {
  return read_at<T>(out, members_at(out, object));
}

}  // namespace stillframe::cpython
