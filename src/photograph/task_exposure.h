// The tasks of a program, copied so that thousands of them do not make the stop of a still longer.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cpython/interpreters.h"
#include "cpython/program_tasks.h"
#include "memory/captured_memory.h"
#include "photograph/negative.h"
#include "photograph/photograph.h"
#include "target/target.h"

namespace stillframe::photograph {

// Most tasks of a stuck program wait, and their memory stays as it is. So the pages that only tasks have led to are not
// copied in the stop but before it, and compared after it: a page that is the same both times is taken for what it was
// in between. That this is so of all of them, and that the same tasks run as before, is asked of every stop.
class TaskExposure {
 public:
  TaskExposure(const target::Target& target, memory::CapturedMemory& memory, const cpython::Runtime& runtime,
               TaskWish wish)
      : target_(target), memory_(memory), runtime_(runtime), wish_(wish) {}

  // Adds the tasks as memory has them now. Where nobody has asked for them but for what is wrong with them, and nothing
  // can be, they are left out, then and in the stops that follow. Looks for what does not change, too: not for the
  // moment of a stop.
  void read(Negative& negative);
  // As the last reading; there must have been one.
  void read_in_stop(Negative& negative);
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
  [[nodiscard]] bool read_copied(Negative& negative, std::vector<std::uint64_t>& pages);

 private:
  bool find_program(const Negative& negative);
  [[nodiscard]] cpython::RawTasks found(const Negative& negative, cpython::TaskDepth depth) const;
  void read_trouble(Negative& negative);
  void read_tasks(Negative& negative) const;

  const target::Target& target_;
  memory::CapturedMemory& memory_;
  const cpython::Runtime& runtime_;
  TaskWish wish_;
  std::optional<cpython::ProgramTasks> program_;  // where tasks are looked for, those of these libraries:
  cpython::Schedulers schedulers_;
  bool in_order_ = true;                   // nothing can be wrong with them
  std::vector<std::uint64_t> resting_;     // pages that only tasks have led to and that did not change; sorted
  std::vector<std::uint64_t> changed_;     // those that were not the same after the last stop
  int failures_ = 0;                       // stops after which there were such
  std::vector<cpython::Address> running_;  // tasks that ran when those pages were read; sorted
};

}  // namespace stillframe::photograph
