// What a task waits for in the end: told by the library's own calls that it stands in, and by the future that it
// awaits.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cpython/stacks/variables.h"
#include "cpython/tasks/asyncio/anyio_waits.h"
#include "cpython/tasks/asyncio/awaiters.h"
#include "cpython/tasks/await_chain.h"
#include "cpython/tasks/raw_tasks.h"
#include "cpython/tasks/scheduler_calls.h"
#include "text/scheduler_files.h"

namespace stillframe::cpython {

// Threads that run jobs of an executor, by the job: a concurrent.futures.Future, of AnyIO's threads asyncio's own one.
using Workers = std::unordered_map<Address, Address>;

class TaskWaits {
 public:
  TaskWaits(Instances& instances, Variables& variables, Awaiters& awaiters, const Workers& workers)
      : instances_(instances),
        variables_(variables),
        awaiters_(awaiters),
        workers_(workers),
        library_(variables, text::is_asyncio_file),
        anyio_(instances, variables) {}

  // `future`: what the task itself says that it waits for; 0: nothing. `loop` may be null.
  RawWait find(const AwaitChain& chain, Address future, const RawLoop* loop);

 private:
  RawWait of_own_calls(const AwaitChain& chain, Address future, const RawLoop* loop);
  std::optional<RawWait> of_call(const SchedulerCall& call, const SchedulerCall* user, const RawLoop* loop);
  RawWait of_sleep(const RawFrame& frame);
  std::optional<RawWait> of_stream(const SchedulerCall& call, const RawLoop* loop);
  std::optional<RawWait> of_process(const SchedulerCall& call);
  RawWait of_future(Address future, const RawLoop* loop);
  std::optional<int> descriptor_of(Address transport);
  void add_job(Address job, RawWait& wait);
  void add_worker(Address job, RawWait& wait);

  Instances& instances_;
  Variables& variables_;
  Awaiters& awaiters_;
  const Workers& workers_;
  SchedulerCalls library_;
  AnyioWaits anyio_;
};

}  // namespace stillframe::cpython
