// Signals whose handler could end a wait.
#pragma once

#include <cstdint>

#include "model/still.h"

namespace stillframe::diagnose {

// Signals for which the program, or a library, has set a handler of its own: bit 0 is signal 1. Left out are those that
// Python has from its start (SIGINT with KeyboardInterrupt), those of faults, and glibc's own.
std::uint64_t handled_signals(const model::Still& still);

// Whether any such handler is there, or none is known not to be.
bool may_be_woken_by_handler(const model::Still& still);

}  // namespace stillframe::diagnose
