// Why: what is wrong.
#pragma once

#include <span>

#include "model/still.h"
#include "target/target.h"

namespace stillframe::api {

// Names what threads wait for, and fills `findings`. Nothing is stopped; where a finding is about waits that may be
// over in a moment, the target is looked at again a quarter of a second later.
void explain(const target::Target& target, model::Still& still);

// The same of several stills of one process, taken one after the other: what they show together is added to the last
// one.
void explain_watched(const target::Target& target, std::span<model::Still> stills);

}  // namespace stillframe::api
