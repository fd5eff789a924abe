#include "capture/task_trouble.h"

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "graph/cycles.h"

namespace stillframe::capture {
namespace {

using cpython::Address;

// Whether tasks wait for one another in a circle, or one for itself.
bool has_circle(const std::vector<cpython::RawTask>& tasks) {
  std::unordered_map<Address, std::uint32_t> index;
  for (const cpython::RawTask& task : tasks) {
    index.emplace(task.address, static_cast<std::uint32_t>(index.size()));
  }
  graph::Graph waits(index.size());
  const auto add = [&](Address waiting, Address wanted) {
    const auto from = index.find(waiting);
    const auto to = index.find(wanted);
    if (from != index.end() && to != index.end()) {
      waits[from->second].push_back(to->second);
    }
  };
  for (const cpython::RawTask& task : tasks) {
    std::ranges::for_each(task.awaited_by, [&](Address awaiter) { add(awaiter, task.address); });
    std::ranges::for_each(task.wait.holders, [&](Address holder) { add(task.address, holder); });
  }
  return !graph::cycles_of(waits).empty();
}

}  // namespace

bool may_be_in_trouble(const cpython::RawTasks& tasks) {
  return std::ranges::any_of(tasks.loops, [](const auto& loop) { return loop.doing == model::LoopDoing::runs; }) ||
         has_circle(tasks.tasks);
}

}  // namespace stillframe::capture
