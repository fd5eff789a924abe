// What Python calls for signals (Modules/signalmodule.c).
#pragma once

#include "cpython/objects/objects.h"
#include "cpython/runtime/runtime.h"
#include "model/still.h"
#include "target/target.h"

namespace stillframe::cpython {

// What SIGINT leads to. The table of handlers has no symbol and no offset of its own: it is found in the interpreter's
// data by what stands in it. Unknown where it is not found, or is not one table alone.
model::InterruptHandler interrupt_handler(const target::Target& target, const Objects& objects, const Runtime& runtime,
                                          Address interpreter);

}  // namespace stillframe::cpython
