// The tasks of trio: all of them, of every run of every interpreter, each with its calls and what it waits for.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include "cpython/stacks/interpreters.h"
#include "cpython/tasks/raw_tasks.h"

namespace stillframe::cpython {

class TrioTasks {
 public:
  TrioTasks(const Objects& objects, const std::vector<Address>& interpreters);

  // Adds all tasks as memory has them now; where a run has more than `most`, a problem and none of them.
  void read(const Objects& objects, CodeCache& codes, const RawProcess& process, std::size_t most,
            RawTasks& found) const;

 private:
  std::unordered_map<Address, Address> contexts_;  // GLOBAL_RUN_CONTEXT, by interpreter
};

}  // namespace stillframe::cpython
