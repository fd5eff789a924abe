#include "waits/task_waits.h"

#include <cstddef>
#include <vector>

#include "graph/task_graphs.h"
#include "waits/task_phrases.h"

namespace stillframe::waits {
namespace {

// Files of tasks that are looked up: each takes some 50 µs.
constexpr std::size_t kMostTaskFiles = 256;

// Whether the thread of a task's loop has waited in the same call from the moment of the still until now.
bool has_not_moved(const model::Task& task, const model::Tasks& tasks, const std::unordered_set<target::Tid>& unmoved) {
  const auto tid = task.loop ? tasks.loops[*task.loop].tid : std::nullopt;
  return tid && unmoved.contains(*tid);
}

}  // namespace

TaskFiles::TaskFiles(const target::Target& target, const model::Still& still) {
  const auto surroundings = target.surroundings();
  WaitedFiles lookup(*surroundings, still.source.pid.value_or(0));
  const auto& tasks = still.tasks->tasks;
  for (std::size_t i = 0; i < tasks.size() && files_.size() < kMostTaskFiles; ++i) {
    if (const auto& wanted = tasks[i].waits_for.file) {
      files_.emplace(
          i,
          lookup.find({.fd = static_cast<int>(wanted->fd), .to_read = wanted->to_read, .to_write = wanted->to_write}));
    }
  }
  std::vector<FoundFile*> found;
  found.reserve(files_.size());
  for (auto& [task, file] : files_) {
    found.push_back(&file);
  }
  lookup.find_other_ends(found);
}

void TaskFiles::tell(const std::unordered_set<target::Tid>& unmoved, model::Still& still) const {
  model::Tasks& tasks = *still.tasks;
  for (std::size_t i = 0; i < tasks.tasks.size(); ++i) {
    model::Task& task = tasks.tasks[i];
    const auto known = files_.find(i);
    const FoundFile* file = known != files_.end() && has_not_moved(task, tasks, unmoved) ? &known->second : nullptr;
    if (file != nullptr) {
      task.waits_for.file = file->shown;
    }
    task.waits_for.text = task_wait_in_words(task, tasks, file, still.source.pid.value_or(0));
  }
  tasks.cycles = graph::cycles_of(graph::await_graph(tasks));
}

}  // namespace stillframe::waits
