// Tasks that wait for one another in a circle, and a task that waits for a lock that it holds itself.
#include <fmt/format.h>

#include <algorithm>

#include "diagnose/list.h"
#include "diagnose/phrases.h"
#include "diagnose/task_phrases.h"
#include "graph/task_graphs.h"
#include "model/tasks.h"

namespace stillframe::diagnose {
namespace {

std::string name_and_place(const model::Task& task, const model::Tasks& tasks) {
  const model::Frame* place = own_place(task.frames, tasks);
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

model::Scheduler scheduler_of(const model::Task& task, const model::Tasks& tasks) {
  return task.loop ? tasks.loops[*task.loop].scheduler : model::Scheduler::asyncio;
}

// What it is called that a task waits for.
std::string lock_class(const model::Task& task, const model::Tasks& tasks) {
  const auto scheduler = scheduler_of(task, tasks);
  const bool gevent = scheduler == model::Scheduler::gevent;
  std::string_view own = gevent ? "lock.RLock" : "Lock";
  if (task.waits_for.kind == model::WaitKind::semaphore) {
    own = gevent ? "lock.Semaphore" : "Semaphore";
  }
  const std::string name = task.waits_for.type.value_or(fmt::format("{}.{}", model::name_of(scheduler), own));
  return (name.starts_with('a') ? "an " : "a ") + name;
}

// What is to be known of a circle's tasks together.
struct Circle {
  bool locks = false;
  bool proven = true;  // who holds them
  bool semaphores = false;
  bool gevent = false;
  bool for_good = true;  // each waits for the next one alone, with no end

  void take(const model::Task& task, std::uint32_t next, const model::Tasks& tasks) {
    if (waits_for_lock(task)) {
      locks = true;
      proven = proven && task.waits_for.holders_proven;
      semaphores = semaphores || task.waits_for.kind == model::WaitKind::semaphore;
    }
    gevent = gevent || scheduler_of(task, tasks) == model::Scheduler::gevent;
    for_good = for_good && !gevent && waits_for_that_alone(task, next);
  }

  [[nodiscard]] std::string doubt() const {
    if (!proven) {
      return "these locks do not say who holds them: that is concluded from `async with` blocks";
    }
    if (gevent) {
      return "a timeout of gevent, which leaves nothing to see, may end the wait of one of them";
    }
    return semaphores ? "a task that is not in the circle may release the semaphore"
                      : "one of them waits for other tasks as well, or has a timeout, and may yet go on";
  }
};

std::string title_of(const std::vector<std::uint32_t>& cycle, const Circle& circle, const model::Tasks& tasks) {
  std::vector<std::string> who;
  who.reserve(cycle.size());
  for (const std::uint32_t task : cycle) {
    who.push_back(name_and_place(tasks.tasks[task], tasks));
  }
  if (cycle.size() > 1) {
    return fmt::format("Deadlock: tasks {} wait for one another", list_of(who));
  }
  const std::string itself =
      circle.locks ? fmt::format("{} that it holds itself", lock_class(tasks.tasks[cycle.front()], tasks)) : "itself";
  return fmt::format("Deadlock: task {} waits for {}", who.front(), itself);
}

model::Finding finding_of(const std::vector<std::uint32_t>& cycle, const model::Tasks& tasks) {
  model::Finding finding{.id = "await-cycle", .severity = model::Severity::certain};
  Circle circle;
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    const model::Task& task = tasks.tasks[cycle[i]];
    circle.take(task, cycle[(i + 1) % cycle.size()], tasks);
    finding.evidence.push_back(fmt::format("task {} {}", name_of(task), task.waits_for.text));
    if (const auto tid = task.loop ? tasks.loops[*task.loop].tid : std::nullopt;
        tid && std::ranges::find(finding.tids, *tid) == finding.tids.end()) {
      finding.tids.push_back(*tid);
    }
  }
  finding.title = title_of(cycle, circle, tasks);
  if (!circle.for_good) {
    finding.severity = model::Severity::likely;
    finding.detail = circle.doubt();
  }
  finding.advice = {
      circle.locks ? "take these locks in the same order everywhere, and none of them twice"
                   : "let one of them get its result by another way than by awaiting the other: a queue, a future"};
  return finding;
}

}  // namespace

void find_task_cycles(const model::Still& still, Findings& findings) {
  if (!still.tasks) {
    return;
  }
  for (const auto& cycle : graph::cycles_of(graph::wait_graph(*still.tasks))) {
    findings.push_back(finding_of(cycle, *still.tasks));
  }
}

}  // namespace stillframe::diagnose
