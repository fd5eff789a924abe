// What every object says of itself in its head.
#pragma once

#include <cstdint>
#include <optional>

#include "cpython/objects/objects.h"
#include "cpython/values/types.h"

namespace stillframe::cpython {

struct ReferenceCount {
  std::uint64_t count = 0;
  bool immortal = false;  // 3.12+: nobody counts, the object is never freed
};
// How many references to an object there are, as sys.getrefcount() without its own argument.
std::optional<ReferenceCount> reference_count(const Objects& objects, Address object);

// Bytes of the object itself, as object.__sizeof__(it) says: without what it keeps elsewhere. Nothing for those types
// whose objects are not as long as their type says (str, and instances that have their attributes behind them).
std::optional<std::uint64_t> own_size(const Objects& objects, Address object, const Type& type);

}  // namespace stillframe::cpython
