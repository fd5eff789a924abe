// Who holds locks of C code that keep no owner: told by the calls that threads are in.
#pragma once

#include "model/still.h"

namespace stillframe::waits {

// Adds the holders of the initialisation of static variables, and of locks of malloc, where one thread alone can be
// seen to be inside.
void find_native_holders(model::Still& still);

}  // namespace stillframe::waits
