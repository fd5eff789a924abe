// Tasks that wait for one another in a circle, and a task that waits for a lock that it holds itself.
#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "analysis/findings/list.h"
#include "analysis/findings/words.h"
#include "analysis/tasks/cycles.h"
#include "model/tasks.h"

namespace stillframe::analysis {
namespace {

std::string name_of(const model::Task& task) {
  return task.name.empty() ? fmt::format("{:#x}", task.address) : task.name;
}

// The innermost call of the program's own; else the innermost call.
const model::Frame* own_place(const model::Task& task, const model::Tasks& tasks) {
  for (const std::uint32_t place : std::views::reverse(task.frames)) {
    if (!is_library(tasks.places[place])) {
      return &tasks.places[place];
    }
  }
  return task.frames.empty() ? nullptr : &tasks.places[task.frames.back()];
}

std::string name_and_place(const model::Task& task, const model::Tasks& tasks) {
  const model::Frame* place = own_place(task, tasks);
  return place == nullptr ? name_of(task) : fmt::format("{} ({})", name_of(task), place_of(*place));
}

// It waits for the next one of the circle and for nothing else, with no end.
bool waits_for_that_alone(const model::Task& task, std::uint32_t next) {
  const bool lock = task.waits_for.kind == model::WaitKind::lock && task.waits_for.holders_proven;
  const auto& others = lock ? task.waits_for.holders : task.awaits;
  return task.state == model::TaskState::waiting && !task.timeout_left && !task.cancelling && others.size() == 1 &&
         others.front() == next;
}

bool waits_for_lock(const model::Task& task) {
  return task.waits_for.kind == model::WaitKind::lock || task.waits_for.kind == model::WaitKind::semaphore;
}

// What it is called that a task waits for.
std::string lock_class(const model::Task& task, const model::Tasks& tasks) {
  if (task.waits_for.type) {
    return "a " + *task.waits_for.type;
  }
  const auto scheduler = task.loop ? tasks.loops[*task.loop].scheduler : model::Scheduler::asyncio;
  if (scheduler == model::Scheduler::gevent) {
    return "a gevent.lock.RLock";
  }
  return fmt::format("{}.{}", scheduler == model::Scheduler::trio ? "a trio" : "an asyncio",
                     task.waits_for.kind == model::WaitKind::lock ? "Lock" : "Semaphore");
}

model::Finding finding_of(const std::vector<std::uint32_t>& cycle, const model::Tasks& tasks) {
  model::Finding finding{.id = "await-cycle", .severity = model::Severity::certain};
  std::vector<std::string> who;
  bool locks = false;
  bool proven = true;  // who holds them
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    const model::Task& task = tasks.tasks[cycle[i]];
    who.push_back(name_and_place(task, tasks));
    if (waits_for_lock(task)) {
      locks = true;
      proven = proven && task.waits_for.holders_proven;
    }
    if (!waits_for_that_alone(task, cycle[(i + 1) % cycle.size()])) {
      finding.severity = model::Severity::likely;
    }
    finding.evidence.push_back(fmt::format("task {} {}", name_of(task), task.waits_for.text));
    if (const auto tid = task.loop ? tasks.loops[*task.loop].tid : std::nullopt;
        tid && std::ranges::find(finding.tids, *tid) == finding.tids.end()) {
      finding.tids.push_back(*tid);
    }
  }
  finding.title =
      cycle.size() == 1
          ? fmt::format("Deadlock: task {} waits for {}", who.front(),
                        locks ? fmt::format("{} that it holds itself", lock_class(tasks.tasks[cycle.front()], tasks))
                              : "itself")
          : fmt::format("Deadlock: tasks {} wait for one another", list_of(who));
  if (finding.severity == model::Severity::likely) {
    finding.detail = locks && !proven
                         ? "the locks of asyncio do not say who holds them: that is concluded from `async with` blocks"
                         : "one of them waits for other tasks as well, or has a timeout, and may yet go on";
  }
  finding.advice = {
      locks ? "take these locks in the same order everywhere, and none of them twice"
            : "let one of them get its result by another way than by awaiting the other: a queue, a future"};
  return finding;
}

}  // namespace

void find_task_cycles(const model::Still& still, Findings& findings) {
  if (!still.tasks) {
    return;
  }
  for (const auto& cycle : cycles_of(wait_graph(*still.tasks))) {
    findings.push_back(finding_of(cycle, *still.tasks));
  }
}

}  // namespace stillframe::analysis
