// Where a suspended greenlet will go on: inside slp_switch of its module (src/greenlet/platform/), which leaves no
// record of it but the stack.
#pragma once

#include <optional>

#include "native/modules.h"
#include "native/unwinder.h"

namespace stillframe::native {

struct SwitchPoint {
  Address pc = 0;
  binary::RegisterSet registers;  // those that are known
};

// The stack pointer that greenlet keeps (_stack_start) is the one slp_switch has behind its prologue. Its return address
// is the nearest one above whose call leads to a function of that module whose unwind rules put the return address right
// there.
std::optional<SwitchPoint> find_switch_point(Modules& modules, const memory::MemorySource& stack, Address stack_start);

}  // namespace stillframe::native
