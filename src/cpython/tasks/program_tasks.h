// The tasks of a program, whichever library schedules them.
#pragma once

#include <cstddef>
#include <vector>

#include "cpython/tasks/asyncio/tasks.h"
#include "cpython/tasks/curio/tasks.h"
#include "cpython/tasks/trio/tasks.h"

namespace stillframe::cpython {

// Libraries whose tasks are looked for.
struct Schedulers {
  bool asyncio = true;
  bool trio = true;
  bool curio = true;

  [[nodiscard]] bool any() const { return asyncio || trio || curio; }
  bool operator==(const Schedulers&) const = default;
};

// Those with a call on the stack of a thread. A loop that is made in C (uvloop's) has one where asyncio.run() runs it.
Schedulers schedulers_on_stacks(const RawProcess& process);

class ProgramTasks {
 public:
  // Looks for what does not change: not for the moment of a stop.
  ProgramTasks(const target::Target& target, const Objects& objects, const std::vector<Address>& interpreters,
               Schedulers wanted = {});

  // All tasks as memory has them now; where a scheduler has more than `most`, a problem and none of them. Of trio and
  // curio everything is read at any depth.
  [[nodiscard]] RawTasks read(const Objects& objects, CodeCache& codes, const RawProcess& process, std::size_t most,
                              TaskDepth depth = TaskDepth::all) const;

 private:
  AsyncioTasks asyncio_;
  TrioTasks trio_;
  CurioTasks curio_;
};

}  // namespace stillframe::cpython
