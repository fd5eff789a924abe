// The tasks of curio: all of them, of every kernel that runs, each with its calls and what it waits for.
#pragma once

#include <cstddef>
#include <unordered_set>
#include <vector>

#include "cpython/stacks/interpreters.h"
#include "cpython/tasks/raw_tasks.h"

namespace stillframe::cpython {

class CurioTasks {
 public:
  CurioTasks(const Objects& objects, const std::vector<Address>& interpreters);

  // Adds all tasks as memory has them now; where a kernel has more than `most`, a problem and none of them.
  void read(const Objects& objects, CodeCache& codes, const RawProcess& process, std::size_t most,
            RawTasks& found) const;

 private:
  std::unordered_set<Address> interpreters_;  // that have imported it
};

}  // namespace stillframe::cpython
