// The tasks of a program, whichever library schedules them.
#pragma once

#include <cstddef>
#include <vector>

#include "cpython/asyncio/tasks.h"
#include "cpython/trio/tasks.h"

namespace stillframe::cpython {

class ProgramTasks {
 public:
  // Looks for what does not change: not for the moment of a stop.
  ProgramTasks(const target::Target& target, const Objects& objects, const std::vector<Address>& interpreters)
      : asyncio_(target, objects, interpreters), trio_(objects, interpreters) {}

  // All tasks as memory has them now; where a scheduler has more than `most`, a problem and none of them.
  [[nodiscard]] RawTasks read(const Objects& objects, CodeCache& codes, const RawProcess& process,
                              std::size_t most) const {
    RawTasks found = asyncio_.read(objects, codes, process, most);
    trio_.read(objects, codes, process, most, found);
    return found;
  }

 private:
  AsyncioTasks asyncio_;
  TrioTasks trio_;
};

}  // namespace stillframe::cpython
