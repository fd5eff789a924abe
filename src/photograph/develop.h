// From what was read to what is shown: names, lines, states, and which thread of the system is which thread of Python.
#pragma once

#include "cpython/runtime.h"
#include "photograph/exposure.h"
#include "photograph/native_frames.h"

namespace stillframe::photograph {

void develop(Negative& negative, const target::Target& target, const cpython::Runtime& runtime, NativeFrames& native,
             model::Still& still);

}  // namespace stillframe::photograph
