// The chains of a still: from who waits to the end of the wait.
#pragma once

#include "model/still.h"

namespace stillframe::diagnose {

// Fills Still::chains, the main thread's first. Equal ones are folded.
void add_wait_chains(model::Still& still);

}  // namespace stillframe::diagnose
