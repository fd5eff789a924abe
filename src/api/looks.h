// The looks at a target: a still, and objects by their names. Opens what a look needs and asks capture, resolve, waits
// and postmortem in turn.
#pragma once

#include "capture/options.h"
#include "model/inspection.h"
#include "model/result.h"
#include "model/still.h"
#include "target/target.h"

namespace stillframe::api {

// A still of every thread that Python knows; of a program without Python only where all native stacks are asked for.
// Fails only when nothing at all can be shown; whatever could not be read is in the still's warnings, and `partial` is
// set.
Result<model::Still> take(target::Target& target, const capture::Options& options);

// The objects that `options.objects` names, as they were at one moment, got as that of a still is. Fails only when the
// target cannot be looked at; what came of each name is in its answer.
Result<model::Inspection> inspect(target::Target& target, const capture::Options& options);

}  // namespace stillframe::api
