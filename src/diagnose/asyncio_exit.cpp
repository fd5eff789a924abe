// asyncio.run() that is over and does not return: a task that was cancelled goes on, or a thread of the default
// executor does (Lib/asyncio/runners.py).
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "diagnose/calls.h"
#include "diagnose/list.h"
#include "diagnose/phrases.h"
#include "diagnose/task_phrases.h"
#include "diagnose/wait_phrases.h"
#include "model/tasks.h"

namespace stillframe::diagnose {
namespace {

bool is_inside(const model::Task& task, const model::Tasks& tasks, std::string_view function) {
  return std::ranges::any_of(task.frames, [&](std::uint32_t place) {
    return is_call_of(tasks.places[place], "asyncio/base_events.py", function);
  });
}

std::string name_and_place_of_task(const model::Task& task, const model::Tasks& tasks) {
  const std::string place = own_place_of(task.frames, tasks);
  return "task " + name_of(task) + (place.empty() ? "" : fmt::format(" ({})", place));
}

// The workers of the default executor that have something to do.
std::vector<std::string> busy_workers(const model::Still& still, model::Finding& finding) {
  std::vector<std::string> names;
  for (const model::Thread& thread : still.threads) {
    const auto worker = find_call(thread.frames, "concurrent/futures/thread.py", "_worker");
    const model::Frame* inside = worker ? called_by(thread, *worker) : nullptr;
    if (inside != nullptr && is_call_of(*inside, "concurrent/futures/thread.py", "run")) {
      names.push_back("thread " + name_and_place_of(thread));
      finding.evidence.push_back(fmt::format("thread {} {}", name_of(thread), wait_in_words(still, thread)));
      add_tid(finding, thread.tid);
    }
  }
  return names;
}

void look_at_end(const model::Still& still, const model::TaskLoop& loop, Findings& findings) {
  const model::Tasks& tasks = *still.tasks;
  const model::Thread& thread = still.threads[*loop.thread];
  const auto index = static_cast<std::uint32_t>(&loop - tasks.loops.data());
  const bool cancels = find_call(thread.frames, "asyncio/runners.py", "_cancel_all_tasks").has_value();
  model::Finding finding{.id = "exit-blocked", .severity = model::Severity::note};
  add_tid(finding, thread.tid);
  std::vector<std::string> who;
  bool executor = false;
  for (const model::Task& task : tasks.tasks) {
    if (task.loop != index) {
      continue;
    }
    executor = executor || is_inside(task, tasks, "shutdown_default_executor");
    if (cancels && task.state == model::TaskState::waiting) {
      who.push_back(name_and_place_of_task(task, tasks));
      finding.evidence.push_back(fmt::format("task {} {}", name_of(task), wait_in_words(task)));
    }
  }
  if (executor) {
    who = busy_workers(still, finding);
  }
  if (who.empty()) {
    return;
  }
  finding.title = fmt::format("asyncio.run() is over and waits for {}{}", list_of(who, 3),
                              executor ? ""
                                       : std::string_view(who.size() == 1 ? ", which was cancelled and goes on"
                                                                          : ", which were cancelled and go on"));
  finding.evidence.resize(std::min(finding.evidence.size(), kMostTold));
  finding.advice = {executor
                        ? "give what runs in asyncio.to_thread() or run_in_executor() a way to end: no thread can be "
                          "cancelled"
                        : "let CancelledError through: end the task's loop, or raise it again after cleaning up"};
  findings.push_back(std::move(finding));
}

}  // namespace

void find_asyncio_exit(const model::Still& still, Findings& findings) {
  if (!still.tasks) {
    return;
  }
  for (const model::TaskLoop& loop : still.tasks->loops) {
    if (loop.scheduler == model::Scheduler::asyncio && loop.thread && *loop.thread < still.threads.size()) {
      look_at_end(still, loop, findings);
    }
  }
}

}  // namespace stillframe::diagnose
