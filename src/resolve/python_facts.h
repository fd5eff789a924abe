// Which Python it is that was looked at.
#pragma once

#include "cpython/objects/objects.h"
#include "cpython/runtime/runtime.h"
#include "cpython/stacks/interpreters.h"
#include "model/still.h"

namespace stillframe::resolve {

model::Python describe_python(const cpython::RawProcess& process, const cpython::Runtime& runtime,
                              const cpython::Objects& objects);

}  // namespace stillframe::resolve
