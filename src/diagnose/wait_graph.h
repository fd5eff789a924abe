// Who waits for whom, over all resources of a still.
#pragma once

#include <cstddef>
#include <vector>

#include "model/still.h"

namespace stillframe::diagnose {

// That a thread cannot go on before another one does.
struct Dependency {
  std::size_t waiter = 0;  // in Still::threads
  std::size_t holder = 0;
  const model::Resource* resource = nullptr;
  const model::Holder* by = nullptr;
};

class WaitGraph {
 public:
  explicit WaitGraph(const model::Still& still);

  // Of a thread: what it cannot go on without; more than one where several hold it (readers of a rwlock).
  [[nodiscard]] const std::vector<Dependency>& dependencies(std::size_t thread) const { return edges_[thread]; }
  // Every cycle once, each from the thread that stands first in the still; a thread alone that waits for itself is one.
  [[nodiscard]] std::vector<std::vector<Dependency>> cycles() const;
  [[nodiscard]] bool is_in_a_cycle(std::size_t thread) const;
  // Threads that wait, directly or through others, for this one, the nearest first; it itself left out.
  [[nodiscard]] std::vector<std::size_t> waiting_for(std::size_t thread) const;

 private:
  std::vector<std::vector<Dependency>> edges_;
  std::vector<std::vector<std::size_t>> waiters_;  // of a thread: those whose edges lead to it
};

}  // namespace stillframe::diagnose
