// Free-threaded builds (3.13+): that one thread has all others stand still, for instance to collect garbage.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cpython/objects/objects.h"
#include "cpython/runtime/runtime.h"
#include "cpython/stacks/interpreters.h"

namespace stillframe::cpython {

struct WorldStop {
  Address address = 0;  // of the structure that says so
  const RawThread* requester = nullptr;
  std::vector<const RawThread*> missing;  // who has yet to stop: attached to the interpreter, and not the requester
  bool all_stand = false;
};

// Those that are asked for or in force: of each interpreter, and of all of them together.
std::vector<WorldStop> world_stops(const Objects& objects, const Runtime& runtime, const RawProcess& process);

}  // namespace stillframe::cpython
