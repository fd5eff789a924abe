// What each thread of a still waits for.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "model/still.h"
#include "target/target.h"

namespace stillframe::waits {

// Fills `waiting_on` of the threads that slept in a system call at the moment of the still. Nothing is stopped. What is
// read now is said only of threads that have been in the same call ever since; where something may not be read, less is
// said.
void add_thread_waits(const target::Target& target, model::Still& still);

// The same as soon as there is a moment to tell of: before stacks are unwound and named, which takes longer than many
// threads sleep.
class ThreadWaits {
 public:
  // `how_long`: for how long each has waited is asked, too; it costs two more files a thread.
  ThreadWaits(const target::Target& target, model::Source source, bool how_long = true)
      : target_(target), how_long_(how_long) {
    seen_.source = std::move(source);
  }

  // What the threads wait for that sleep in these calls; may be asked again, of a later moment.
  void observe(const std::vector<target::ThreadInfo>& threads,
               const std::unordered_map<target::Tid, target::Syscall>& calls);
  // Hands it to the threads of the still.
  void put(model::Still& still);
  // The threads that have not moved from that moment until now; of a core all of them.
  [[nodiscard]] std::unordered_set<target::Tid> unmoved() const;

 private:
  const target::Target& target_;
  bool how_long_;
  model::Still seen_;  // of each thread only what tells of its wait
  std::unordered_map<target::Tid, std::uint64_t> runs_;
};

// What others hold was found out after the moment of the still, and is true of threads that have not moved. The GIL is
// part of the still: who waits for it wakes up again and again.
void forget_what_movers_want(const std::unordered_set<target::Tid>& unmoved, model::Still& still);

// Waits that may be over in a moment make no trouble: what findings say of those is looked at once more, a fraction of
// a second later. A finding about threads that slept and have gone on becomes a note.
void confirm_passing_waits(const target::Target& target, model::Still& still);

}  // namespace stillframe::waits
