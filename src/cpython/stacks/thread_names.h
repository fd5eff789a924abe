// Names of threads, from the threading module's own table.
#pragma once

#include "cpython/stacks/interpreters.h"

namespace stillframe::cpython {

// threading._active of an interpreter, a dict from ident to Thread; nothing when the module was not imported. The dict
// stays the same as long as the module lives, so it is found once, before anything is stopped.
std::optional<Address> find_thread_table(const Objects& objects, Address interpreter);

// Fills in the names, and which are daemons, of an interpreter's threads.
void read_thread_names(const Objects& objects, Address thread_table, RawInterpreter& interpreter);

}  // namespace stillframe::cpython
