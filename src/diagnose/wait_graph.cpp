#include "diagnose/wait_graph.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace stillframe::diagnose {

WaitGraph::WaitGraph(const model::Still& still) : edges_(still.threads.size()), waiters_(still.threads.size()) {
  std::unordered_map<std::int64_t, std::size_t> by_tid;
  for (std::size_t i = 0; i < still.threads.size(); ++i) {
    if (still.threads[i].tid) {
      by_tid.emplace(*still.threads[i].tid, i);
    }
  }
  for (std::size_t i = 0; i < still.threads.size(); ++i) {
    const auto& wants = still.threads[i].wants;
    if (!wants || wants->resource >= still.resources.size()) {
      continue;
    }
    const model::Resource& resource = still.resources[wants->resource];
    for (const model::Holder& holder : resource.holders) {
      if (const auto known = holder.tid ? by_tid.find(*holder.tid) : by_tid.end(); known != by_tid.end()) {
        edges_[i].push_back({.waiter = i, .holder = known->second, .resource = &resource, .by = &holder});
        waiters_[known->second].push_back(i);
      }
    }
  }
}

// What several threads hold, as a semaphore or by readers, is free as soon as one of them lets go: it makes no cycle
// sure, and is not followed.
std::vector<std::vector<Dependency>> WaitGraph::cycles() const {
  std::vector<std::vector<Dependency>> found;
  std::vector<std::size_t> walked(edges_.size(), 0);  // by which walk a thread was seen
  for (std::size_t start = 0; start < edges_.size(); ++start) {
    std::vector<Dependency> path;
    std::size_t at = start;
    while (walked[at] == 0 && edges_[at].size() == 1) {
      walked[at] = start + 1;
      path.push_back(edges_[at].front());
      at = edges_[at].front().holder;
    }
    if (walked[at] != start + 1 || path.empty()) {
      continue;
    }
    const auto begin = std::ranges::find(path, at, &Dependency::waiter);
    std::vector<Dependency> cycle(begin, path.end());
    std::ranges::rotate(cycle, std::ranges::min_element(cycle, {}, &Dependency::waiter));
    found.push_back(std::move(cycle));
  }
  return found;
}

bool WaitGraph::is_in_a_cycle(std::size_t thread) const {
  return std::ranges::any_of(cycles(), [&](const auto& cycle) {
    return std::ranges::find(cycle, thread, &Dependency::waiter) != cycle.end();
  });
}

std::vector<std::size_t> WaitGraph::waiting_for(std::size_t thread) const {
  std::vector<std::size_t> found;
  std::unordered_set<std::size_t> known{thread};
  const auto add_waiters_of = [&](std::size_t holder) {
    for (const std::size_t waiter : waiters_[holder]) {
      if (known.insert(waiter).second) {
        found.push_back(waiter);
      }
    }
  };
  add_waiters_of(thread);
  std::size_t next = 0;
  while (next < found.size()) {  // which grows meanwhile
    add_waiters_of(found[next++]);
  }
  return found;
}

}  // namespace stillframe::diagnose
