// The tasks of curio: all of them, of every kernel that runs, each with its calls and what it waits for.
#pragma once

#include <unordered_set>
#include <vector>

#include "cpython/tasks/scheduler.h"

namespace stillframe::cpython {

class CurioTasks final : public TaskReader {
 public:
  CurioTasks(const target::Target& target, const Objects& objects, const std::vector<Address>& interpreters);

  // Of a kernel that has more than `most` none is added.
  void read(const TaskSource& from, RawTasks& found) const override;

 private:
  std::unordered_set<Address> interpreters_;  // that have imported it
};

}  // namespace stillframe::cpython
