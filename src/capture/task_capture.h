// The tasks of a program, copied so that thousands of them do not make the stop of a still longer.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "capture/options.h"
#include "capture/snapshot.h"
#include "cpython/stacks/interpreters.h"
#include "cpython/tasks/program_tasks.h"
#include "memory/captured_memory.h"
#include "target/target.h"

namespace stillframe::capture {

// Most tasks of a stuck program wait, and their memory stays as it is. So the pages that only tasks have led to are not
// copied in the stop but before it, and compared after it: a page that is the same both times is taken for what it was
// in between. That this is so of all of them, and that the same tasks run as before, is asked of every stop.
class TaskCapture {
 public:
  TaskCapture(const target::Target& target, memory::CapturedMemory& memory, const cpython::Runtime& runtime,
              TaskOption option)
      : target_(target), memory_(memory), runtime_(runtime), option_(option) {}

  // Adds the tasks as memory has them now. Where nobody has asked for them but for what is wrong with them, and nothing
  // can be, they are left out, then and in the stops that follow. Looks for what does not change, too: not for the
  // moment of a stop.
  void read(Snapshot& snapshot);
  // As the last reading; there must have been one.
  void read_in_stop(Snapshot& snapshot);
  // The pages of that reading that stops are to copy; sorted.
  [[nodiscard]] std::vector<std::uint64_t> pages_wanted() const;

  // Right before a stop, after a read(): numbers of the pages whose copies will do, unless finish_stop() is to say
  // otherwise; sorted.
  [[nodiscard]] const std::vector<std::uint64_t>& pages_that_rest();
  // As before a stop that is to copy everything.
  void copy_all_in_stop() { resting_.clear(); }
  // Right after the stop.
  void finish_stop();

  // Thousands of tasks take longer to follow than to copy: that is done in the copy, after the target runs again. False
  // where the copy does not do, and another stop must copy `pages`, to which some may have been added.
  [[nodiscard]] bool read_copied(Snapshot& snapshot, std::vector<std::uint64_t>& pages);

 private:
  bool find_program(const Snapshot& snapshot);
  [[nodiscard]] cpython::RawTasks found(const Snapshot& snapshot, cpython::TaskDepth depth) const;
  void read_trouble(Snapshot& snapshot);
  void read_tasks(Snapshot& snapshot) const;

  const target::Target& target_;
  memory::CapturedMemory& memory_;
  const cpython::Runtime& runtime_;
  TaskOption option_;
  std::optional<cpython::ProgramTasks> program_;  // where tasks are looked for, those of these libraries:
  cpython::Schedulers schedulers_;
  bool in_order_ = true;                   // nothing can be wrong with them
  std::vector<std::uint64_t> resting_;     // pages that only tasks have led to and that did not change; sorted
  std::vector<std::uint64_t> changed_;     // those that were not the same after the last stop
  int failures_ = 0;                       // stops after which there were such
  std::vector<cpython::Address> running_;  // tasks that ran when those pages were read; sorted
};

}  // namespace stillframe::capture
