// The greenlets of gevent: those that take turns with a hub, which is gevent's loop of one thread.
#pragma once

#include <vector>

#include "cpython/tasks/scheduler.h"

namespace stillframe::cpython {

class GeventTasks final : public TaskReader {
 public:
  GeventTasks(const target::Target& /*target*/, const Objects& /*objects*/,
              const std::vector<Address>& /*interpreters*/) {}

  // Adds them as tasks, and each hub as a loop; where there are more than `most`, no tasks.
  void read(const TaskSource& from, RawTasks& found) const override;
};

}  // namespace stillframe::cpython
