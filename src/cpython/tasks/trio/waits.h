// What a task of trio waits for: told by the calls of trio's own that it stands in, and their variables.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "cpython/stacks/interpreters.h"
#include "cpython/stacks/variables.h"
#include "cpython/tasks/asyncio/anyio_waits.h"
#include "cpython/tasks/await_chain.h"
#include "cpython/tasks/raw_tasks.h"
#include "cpython/tasks/scheduler_calls.h"
#include "cpython/values/instances.h"

namespace stillframe::cpython {

class TrioWaits {
 public:
  TrioWaits(Instances& instances, Variables& variables, const RawInterpreter& interpreter);

  struct Found {
    RawWait wait;
    Address nursery = 0;  // whose tasks it waits for
  };
  // Of a task that waits; `data`: its custom_sleep_data, which those who wake it up use.
  Found find(const AwaitChain& chain, Address data);

 private:
  using Call = SchedulerCall;
  Found of_own_calls(const AwaitChain& chain, Address data);
  // `index`: of a call of trio's own that is waiting; those behind it have called it.
  std::optional<RawWait> of_call(const std::vector<Call>& calls, std::size_t index, Address data);
  std::optional<RawWait> of_method(const Call& call);
  RawWait of_parking(const Call* user, Address lot, Address data);
  RawWait of_lock(Address lock);
  RawWait of_sleep(const Call* until);
  RawWait of_process(Address process);
  RawWait of_file(const Call& call);
  RawWait of_thread(const Call& call);
  void find_workers(const RawInterpreter& interpreter);

  Instances& instances_;
  Variables& variables_;
  SchedulerCalls library_;
  AnyioWaits anyio_;
  std::unordered_map<Address, Address> workers_;  // threads by the function that delivers their result
};

}  // namespace stillframe::cpython
