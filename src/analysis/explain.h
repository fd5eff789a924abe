// Why: what each thread of a still waits for, and what is wrong.
#pragma once

#include "model/still.h"
#include "target/target.h"

namespace stillframe::analysis {

// Fills `waiting_on` of threads and `findings`. Nothing is stopped.
void explain(const target::Target& target, model::Still& still);

}  // namespace stillframe::analysis
