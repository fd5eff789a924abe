// The tasks of trio: all of them, of every run of every interpreter, each with its calls and what it waits for.
#pragma once

#include <unordered_map>
#include <vector>

#include "cpython/tasks/scheduler.h"

namespace stillframe::cpython {

class TrioTasks final : public TaskReader {
 public:
  TrioTasks(const target::Target& target, const Objects& objects, const std::vector<Address>& interpreters);

  // Of a run that has more than `most` none is added.
  void read(const TaskSource& from, RawTasks& found) const override;

 private:
  std::unordered_map<Address, Address> contexts_;  // GLOBAL_RUN_CONTEXT, by interpreter
};

}  // namespace stillframe::cpython
