// The files that a selector of the module selectors watches.
#pragma once

#include <functional>

#include "cpython/values/instances.h"

namespace stillframe::cpython {

struct SelectorKey {
  Address file = 0;  // the object that was registered: a number, a socket, …
  int fd = -1;
  Address data = 0;  // what it was registered with
};

// Calls `visit` for each of them. False where not all could be read; one that is closed has none.
bool for_each_key(Instances& instances, Address selector, const std::function<void(const SelectorKey&)>& visit);

}  // namespace stillframe::cpython
