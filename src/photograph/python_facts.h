// Which Python it is that was looked at.
#pragma once

#include "cpython/interpreters.h"
#include "cpython/objects.h"
#include "cpython/runtime.h"
#include "model/still.h"

namespace stillframe::photograph {

model::Python describe_python(const cpython::RawProcess& process, const cpython::Runtime& runtime,
                              const cpython::Objects& objects);

}  // namespace stillframe::photograph
