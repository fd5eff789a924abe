// Why: what is wrong.
#pragma once

#include <span>

#include "model/still.h"
#include "target/target.h"
#include "text/redaction.h"

namespace stillframe::api {

// Names what threads wait for, and fills `findings`. Nothing is stopped; where a finding is about waits that may be
// over in a moment, the target is looked at again a quarter of a second later. Then the still is whole, and what is
// secret in its texts is hidden.
void explain(const target::Target& target, model::Still& still, const text::Redaction& redaction);

// The same of several stills of one process, taken one after the other: what they show together is added to the last
// one.
void explain_watched(const target::Target& target, std::span<model::Still> stills, const text::Redaction& redaction);

}  // namespace stillframe::api
