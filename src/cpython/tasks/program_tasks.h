// The tasks of a program, whichever library schedules them.
#pragma once

#include <bitset>
#include <cstddef>
#include <memory>
#include <vector>

#include "cpython/tasks/scheduler.h"

namespace stillframe::cpython {

// Schedulers whose tasks are looked for, by the number of model::Scheduler.
using Schedulers = std::bitset<model::kSchedulers>;

inline Schedulers all_schedulers() {
  return Schedulers().set();
}

// Those that may be at work: with a call on the stack of a thread (a loop that is made in C, as uvloop's, has one where
// asyncio.run() runs it), or with a greenlet.
Schedulers schedulers_at_work(const RawProcess& process, const GreenletList& greenlets);

class ProgramTasks {
 public:
  // Looks for what does not change: not for the moment of a stop.
  ProgramTasks(const target::Target& target, const Objects& objects, const std::vector<Address>& interpreters,
               Schedulers wanted = all_schedulers());

  // All tasks as memory has them now; where a scheduler has more than `most`, a problem and none of them.
  [[nodiscard]] RawTasks read(const TaskSource& from) const;

 private:
  std::vector<std::unique_ptr<TaskReader>> readers_;
};

}  // namespace stillframe::cpython
