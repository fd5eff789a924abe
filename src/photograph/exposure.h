// Getting the memory of a target as it was at one moment: untouched where nothing ran, by a short stop where something
// did, or while it runs.
#pragma once

#include "native/modules.h"
#include "photograph/negative.h"
#include "photograph/photograph.h"

namespace stillframe::photograph {

// `modules` is used to unwind native stacks, where they are asked for.
Result<Negative> expose(target::Target& target, memory::CapturedMemory& memory, const cpython::Runtime& runtime,
                        native::Modules& modules, const Wishes& wishes);

}  // namespace stillframe::photograph
