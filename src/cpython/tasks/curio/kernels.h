// Where curio's kernels are: on the stacks of the threads that run them. One that is run again and again leaves its
// tasks alone in between, and nothing leads to it then.
#pragma once

#include <optional>
#include <vector>

#include "cpython/stacks/interpreters.h"
#include "cpython/stacks/variables.h"
#include "cpython/tasks/raw_tasks.h"
#include "cpython/values/instances.h"

namespace stillframe::cpython {

// Whether the module curio.kernel has been imported.
bool has_curio(const Objects& objects, Address interpreter);

struct CurioKernel {
  Address kernel = 0;
  Address thread = 0;  // the thread state of the thread that runs it
  Address task = 0;    // that runs now
  model::LoopDoing doing = model::LoopDoing::between;
  std::vector<RawFrame> callback;      // the calls of what runs, outermost first
  std::optional<std::uint64_t> ready;  // tasks that wait for their turn
};

std::vector<CurioKernel> curio_kernels(Instances& instances, Variables& variables, const RawInterpreter& interpreter);

}  // namespace stillframe::cpython
