// What a task waits for in one of AnyIO's own calls, which stand between the program and its scheduler: AnyIO makes its
// locks, conditions and streams of futures and events.
#pragma once

#include <cstddef>

#include "cpython/tasks/raw_tasks.h"
#include "cpython/tasks/scheduler_calls.h"

namespace stillframe::cpython {

class AnyioWaits {
 public:
  AnyioWaits(Instances& instances, Variables& variables);

  // `wait`: what the scheduler's own calls tell, which are the `inner` innermost ones of the chain.
  void refine(const AwaitChain& chain, std::size_t inner, RawWait& wait);

 private:
  void take(const SchedulerCall& call, RawWait& wait);
  void add_lock_owner(Address lock, RawWait& wait);

  Instances& instances_;
  SchedulerCalls library_;
};

}  // namespace stillframe::cpython
