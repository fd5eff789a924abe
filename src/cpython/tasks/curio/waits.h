// What a task of curio waits for: told by the calls of curio's own that it stands in, and their variables.
#pragma once

#include <cstddef>
#include <optional>
#include <unordered_map>
#include <vector>

#include "cpython/stacks/interpreters.h"
#include "cpython/tasks/asyncio/waits.h"
#include "cpython/tasks/raw_tasks.h"
#include "cpython/tasks/scheduler_calls.h"

namespace stillframe::cpython {

class CurioWaits {
 public:
  CurioWaits(Instances& instances, Variables& variables, const RawInterpreter& interpreter);

  struct Found {
    RawWait wait;
    std::vector<Address> tasks;  // that it waits for
  };
  // `files`: the descriptors that the kernel watches, by the object that was given for them.
  Found find(const AwaitChain& chain, const std::unordered_map<Address, int>& files);

 private:
  struct Known;

  void find_threads(const RawInterpreter& interpreter);
  const Known* known_of(const SchedulerCall& call);
  void take(const Known& known, const SchedulerCall& call, Found& found);
  RawWait of_trap(const SchedulerCall& trap, const std::unordered_map<Address, int>& files);
  RawWait of_file(const SchedulerCall& trap, bool writes, const std::unordered_map<Address, int>& files);
  RawWait of_future(Address future);
  void add_thread(Address worker, RawWait& wait);
  void add_tasks(Address group, std::vector<Address>& tasks);
  Address task_of(Address awaited);

  Instances& instances_;
  Variables& variables_;
  SchedulerCalls library_;
  Workers workers_;                               // threads of concurrent.futures, by their job
  std::unordered_map<Address, Address> threads_;  // of curio itself, by the object that stands for each
  std::size_t tasks_of_groups_ = 0;
};

}  // namespace stillframe::cpython
