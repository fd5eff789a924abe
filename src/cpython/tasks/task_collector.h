// What the readers of different schedulers do alike: one of them reads the tasks of one interpreter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "cpython/stacks/interpreters.h"
#include "cpython/stacks/variables.h"
#include "cpython/tasks/await_chain.h"
#include "cpython/tasks/raw_tasks.h"
#include "cpython/values/instances.h"

namespace stillframe::cpython {

// Names of tasks are cut behind this many characters.
inline constexpr std::uint64_t kLongestTaskName = 4096;
// Variables of a module's or class's body that are looked through for one.
inline constexpr std::uint64_t kMostTaskVariables = 1000;

// What is said where a scheduler has more than `most`: "tasks of trio".
void leave_tasks_out(std::size_t most, std::string_view what, RawTasks& found);

class TaskCollector {
 protected:
  TaskCollector(const Objects& objects, CodeCache& codes, const RawInterpreter& interpreter, RawTasks& found)
      : objects_(objects),
        interpreter_(interpreter),
        found_(found),
        types_(objects, Types::Purpose::recognition),
        instances_(objects, types_),
        variables_(objects, kMostTaskVariables),
        chains_(objects, codes) {}

  // Whether so many tasks of `scheduler` are to be read; says what is missing where they are too many, or where
  // `table`, in which they stand, could not be read to its end.
  bool accepts(std::size_t count, std::size_t most, bool whole, model::Scheduler scheduler, const std::string& table);
  // A loop of the thread's as far as all schedulers tell it alike.
  RawLoopState loop_state(model::Scheduler scheduler, Address loop);
  // The task's attribute `name`.
  std::string name_of_task(Address task);
  // Its class, where it is another than `own`.
  std::string type_of_task(Address task, std::string_view own);

  const Objects& objects_;
  const RawInterpreter& interpreter_;
  RawTasks& found_;
  Types types_;
  Instances instances_;
  Variables variables_;
  AwaitChains chains_;
};

}  // namespace stillframe::cpython
