// Why: what each thread of a still waits for, and what is wrong.
#pragma once

#include <span>

#include "model/still.h"
#include "target/target.h"

namespace stillframe::api {

// Fills `waiting_on` of threads and `findings`. Nothing is stopped.
void explain(const target::Target& target, model::Still& still);

// The same of several stills of one process, taken one after the other: what they show together is added to the last
// one.
void explain_watched(const target::Target& target, std::span<model::Still> stills);

}  // namespace stillframe::api
