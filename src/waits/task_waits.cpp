#include "waits/task_waits.h"

#include <unordered_map>
#include <vector>

#include "graph/task_graphs.h"
#include "model/tasks.h"
#include "waits/task_phrases.h"
#include "waits/thread_waits.h"

namespace stillframe::waits {
namespace {

// Files of tasks that are looked up: each takes some 50 µs.
constexpr std::size_t kMostTaskFiles = 256;

// Whether the thread of a task's loop has waited in the same call from the moment of the still until now.
bool has_not_moved(const model::Task& task, const model::Tasks& tasks, const model::Still& still) {
  const auto thread = task.loop ? tasks.loops[*task.loop].thread : std::nullopt;
  return thread && still.threads[*thread].waiting_on.has_value();
}

}  // namespace

void add_task_waits(const target::Target& target, model::Still& still) {
  model::Tasks& tasks = *still.tasks;
  const auto surroundings = target.surroundings();
  WaitedFiles lookup(*surroundings, still.source.pid.value_or(0));
  std::unordered_map<const model::Task*, FoundFile> files;
  std::vector<FoundFile*> found;
  for (const model::Task& task : tasks.tasks) {
    const auto& wanted = task.waits_for.file;
    if (wanted && files.size() < kMostTaskFiles) {
      const WantedFile file{
          .fd = static_cast<int>(wanted->fd), .to_read = wanted->to_read, .to_write = wanted->to_write};
      found.push_back(&files.emplace(&task, lookup.find(file)).first->second);
    }
  }
  lookup.find_other_ends(found);
  add_thread_waits(target, still);
  for (model::Task& task : tasks.tasks) {
    const auto known = files.find(&task);
    const FoundFile* file = known != files.end() && has_not_moved(task, tasks, still) ? &known->second : nullptr;
    if (file != nullptr) {
      task.waits_for.file = file->shown;
    }
    task.waits_for.text = task_wait_in_words(task, tasks, file, still.source.pid.value_or(0));
  }
  tasks.cycles = graph::cycles_of(graph::await_graph(tasks));
}

}  // namespace stillframe::waits
