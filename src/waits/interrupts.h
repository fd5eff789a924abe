// Signal handlers of Python by which a wait could end.
#pragma once

#include "capture/snapshot.h"
#include "cpython/runtime/runtime.h"
#include "model/still.h"
#include "target/target.h"

namespace stillframe::waits {

// Fills Still::signals with what SIGINT leads to, where every thread of Python sleeps in a system call without a limit
// of time; elsewhere nobody asks for it.
void find_interrupt_handler(const capture::Snapshot& snapshot, const target::Target& target,
                            const cpython::Runtime& runtime, model::Still& still);

}  // namespace stillframe::waits
