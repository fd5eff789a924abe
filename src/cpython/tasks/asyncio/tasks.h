// The tasks of asyncio: all of them, of every loop of every interpreter, each with its calls and what it waits for.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "cpython/tasks/asyncio/debug_offsets.h"
#include "cpython/tasks/asyncio/task_lists.h"
#include "cpython/tasks/scheduler.h"

namespace stillframe::cpython {

class AsyncioTasks final : public TaskReader {
 public:
  // Looks for what is in files: not for the moment of a stop.
  AsyncioTasks(const target::Target& target, const Objects& objects, const std::vector<Address>& interpreters);

  // Where an interpreter has more than `most`, those of them that run.
  void read(const TaskSource& from, RawTasks& found) const override;

 private:
  std::unordered_map<Address, AsyncioModules> modules_;  // by interpreter: modules stay where they are
  std::optional<AsyncioOffsets> offsets_;
};

}  // namespace stillframe::cpython
