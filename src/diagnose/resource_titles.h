// What a thread waits for, where it is something that others hold.
#pragma once

#include "model/still.h"

namespace stillframe::diagnose {

// Says of threads that wait for a resource what it is, and who holds it, in place of the futex that they sleep on.
void name_resources(model::Still& still);

}  // namespace stillframe::diagnose
