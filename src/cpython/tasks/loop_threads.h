// Which threads run which loops, what they do, and which threads run jobs for them: told by their stacks.
#pragma once

#include <string_view>
#include <vector>

#include "cpython/stacks/interpreters.h"
#include "cpython/stacks/variables.h"
#include "cpython/tasks/asyncio/waits.h"
#include "cpython/tasks/await_chain.h"
#include "cpython/tasks/raw_tasks.h"

namespace stillframe::cpython {

struct RunningLoop {
  Address loop = 0;
  Address thread = 0;  // the thread state
  model::LoopDoing doing = model::LoopDoing::between;
  std::vector<RawFrame> callback;  // outermost first
};

// The loops that threads run now, by the call of run_forever() on their stacks; of loops that are made in C by that of
// asyncio.run().
std::vector<RunningLoop> running_loops(Instances& instances, Variables& variables, const RawInterpreter& interpreter);

// What a running coroutine has called is on the stack of the thread that runs it: puts these calls behind it. Returns
// the thread state; 0: on none.
Address add_calls(const RawInterpreter& interpreter, AwaitChain& chain);

// Adds a task with its calls: what it has called where it runs, else without those by which it has given up its turn,
// which are of the file that ends so.
void add_task(const RawInterpreter& interpreter, AwaitChain chain, std::string_view file, RawTask task,
              RawTasks& found);

// Threads of thread pools that run a job, by the job.
Workers find_workers(Instances& instances, Variables& variables, const RawInterpreter& interpreter);

}  // namespace stillframe::cpython
