// The tasks of asyncio: all of them, of every loop of every interpreter, each with its calls and what it waits for.
#pragma once

#include <cstddef>
#include <optional>
#include <unordered_map>
#include <vector>

#include "cpython/stacks/interpreters.h"
#include "cpython/tasks/asyncio/debug_offsets.h"
#include "cpython/tasks/asyncio/task_lists.h"
#include "cpython/tasks/raw_tasks.h"

namespace stillframe::cpython {

class AsyncioTasks {
 public:
  // Looks for what is in files: not for the moment of a stop.
  AsyncioTasks(const target::Target& target, const Objects& objects, const std::vector<Address>& interpreters);

  // All tasks as memory has them now; where an interpreter has more than `most`, a problem, and those of them that run.
  // Everything
  // that was read of classes is read anew.
  [[nodiscard]] RawTasks read(const Objects& objects, CodeCache& codes, const RawProcess& process, std::size_t most,
                              TaskDepth depth) const;

 private:
  std::unordered_map<Address, AsyncioModules> modules_;  // by interpreter: modules stay where they are
  std::optional<AsyncioOffsets> offsets_;
};

}  // namespace stillframe::cpython
