// Where trio's runs are: one for each trio.run() that has not ended, and those that are guests of another loop.
#pragma once

#include <optional>
#include <vector>

#include "cpython/stacks/interpreters.h"
#include "cpython/stacks/variables.h"
#include "cpython/tasks/raw_tasks.h"
#include "cpython/values/instances.h"

namespace stillframe::cpython {

// trio._core._run.GLOBAL_RUN_CONTEXT, a threading.local; nothing where trio has not been imported.
std::optional<Address> find_trio(const Objects& objects, Address interpreter);

struct TrioRun {
  Address runner = 0;
  Address thread = 0;  // the thread state of the thread that is in trio.run(); 0: none is
  Address task = 0;    // that runs now
  model::LoopDoing doing = model::LoopDoing::nothing;
  std::vector<RawFrame> callback;  // the calls of what runs, outermost first
  std::uint64_t batch = 0;         // tasks whose turn comes next
};

// Those on the stacks of threads first, then those that only the threading.local leads to; each once.
std::vector<TrioRun> trio_runs(Instances& instances, Variables& variables, const RawInterpreter& interpreter,
                               Address context);

}  // namespace stillframe::cpython
