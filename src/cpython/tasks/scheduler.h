// What a scheduler has to bring for its tasks to be read. model/schedulers.def lists the schedulers; each defines its
// entry in a folder of its own.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "cpython/stacks/greenlets.h"
#include "cpython/stacks/interpreters.h"
#include "cpython/tasks/raw_tasks.h"

namespace stillframe::cpython {

// What tasks are read from, as memory has it now, and how many of them.
struct TaskSource {
  const Objects& objects;
  CodeCache& codes;
  const RawProcess& process;
  const GreenletList& greenlets;
  std::size_t most;  // tasks of one loop, or of one interpreter
  TaskDepth depth = TaskDepth::all;
};

// The tasks of one scheduler in a program. Everything that was read of classes is read anew each time.
class TaskReader {
 public:
  TaskReader() = default;
  TaskReader(const TaskReader&) = delete;
  TaskReader& operator=(const TaskReader&) = delete;
  virtual ~TaskReader() = default;

  // Adds its loops, and its tasks with their calls and what they wait for; where there are more than `most`, a problem,
  // and none of them, or only those that run. A scheduler may read everything at any depth.
  virtual void read(const TaskSource& from, RawTasks& found) const = 0;
};

struct SchedulerEntry {
  model::Scheduler id;
  // Its tasks are greenlets: it may be at work where there are any. Others are where their calls are on a stack.
  bool by_greenlets;
  // Looks in these interpreters for what does not change: not for the moment of a stop.
  std::unique_ptr<TaskReader> (*find)(const target::Target& target, const Objects& objects,
                                      const std::vector<Address>& interpreters);
};

// For `find`: a reader of this class.
template <typename Reader>
std::unique_ptr<TaskReader> make_task_reader(const target::Target& target, const Objects& objects,
                                             const std::vector<Address>& interpreters) {
  return std::make_unique<Reader>(target, objects, interpreters);
}

// Each is defined by its folder.
#define SF_SCHEDULER(id, ...) extern const SchedulerEntry id##_scheduler;
#include "model/schedulers.def"
#undef SF_SCHEDULER

}  // namespace stillframe::cpython
