// Tasks that wait for one another in a circle, and a task that waits for a lock that it holds itself.
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "diagnose/list.h"
#include "diagnose/phrases.h"
#include "diagnose/task_phrases.h"
#include "graph/task_graphs.h"
#include "model/tasks.h"
#include "text/schedulers.h"

namespace stillframe::diagnose {
namespace {

std::string name_and_place(const model::Task& task, const model::Tasks& tasks) {
  const std::string place = own_place_of(task.frames, tasks);
  return place.empty() ? name_of(task) : fmt::format("{} ({})", name_of(task), place);
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
  const text::SchedulerWords& words = text::words_of(scheduler_of(task, tasks));
  const bool semaphore = task.waits_for.kind == model::WaitKind::semaphore;
  const std::string name =
      task.waits_for.type.value_or(fmt::format("{}.{}", words.name, semaphore ? words.semaphore : words.lock));
  return (name.starts_with('a') ? "an " : "a ") + name;
}

// Whether something else than the circle itself ends the wait of one of its tasks, or may: a timeout of its own or of
// one that waits for it, a cancellation that is on its way, somebody who has it in hand and goes on by himself.
bool may_be_ended(const std::vector<std::uint32_t>& cycle, const model::Tasks& tasks) {
  std::vector<std::uint32_t> known = cycle;
  for (std::size_t i = 0; i < known.size(); ++i) {  // which grows meanwhile
    const model::Task& task = tasks.tasks[known[i]];
    const model::TaskLoop* loop = task.loop ? &tasks.loops[*task.loop] : nullptr;
    if (loop != nullptr && loop->doing == model::LoopDoing::runs && !loop->running_task) {
      return true;  // by the callback that runs now: that of a timer, say
    }
    if (task.timeout_left || task.cancelling || task.others_may_cancel) {
      return true;
    }
    for (const std::uint32_t waiter : task.awaited_by) {
      if (std::ranges::find(known, waiter) == known.end()) {
        known.push_back(waiter);
      }
    }
  }
  return false;
}

// What is to be known of a circle's tasks together.
struct Circle {
  bool locks = false;
  bool proven = true;  // who holds them
  bool semaphores = false;
  std::string_view hides_timeouts;  // the scheduler of one of them that does
  bool for_good = true;             // each waits for the next one alone, with no end

  void take(const model::Task& task, std::uint32_t next, const model::Tasks& tasks) {
    if (waits_for_lock(task)) {
      locks = true;
      proven = proven && task.waits_for.holders_proven;
      semaphores = semaphores || task.waits_for.kind == model::WaitKind::semaphore;
    }
    const text::SchedulerWords& words = text::words_of(scheduler_of(task, tasks));
    hides_timeouts = words.hides_timeouts ? words.name : hides_timeouts;
    for_good = for_good && hides_timeouts.empty() && waits_for_that_alone(task, next);
  }

  [[nodiscard]] std::string doubt() const {
    if (!proven) {
      return "these locks do not say who holds them: that is concluded from `async with` blocks";
    }
    if (!hides_timeouts.empty()) {
      return fmt::format("a timeout of {}, which leaves nothing to see, may end the wait of one of them",
                         hides_timeouts);
    }
    return semaphores ? "a task that is not in the circle may release the semaphore"
                      : "one of them waits for other tasks as well, and may yet go on";
  }
};

std::string title_of(const std::vector<std::uint32_t>& cycle, const Circle& circle, bool ends,
                     const model::Tasks& tasks) {
  std::vector<std::string> who;
  who.reserve(cycle.size());
  for (const std::uint32_t task : cycle) {
    who.push_back(name_and_place(tasks.tasks[task], tasks));
  }
  const std::string_view begin = ends ? "T" : "Deadlock: t";
  if (cycle.size() > 1) {
    return fmt::format("{}asks {} wait for one another", begin, list_of(who));
  }
  const std::string itself =
      circle.locks ? fmt::format("{} that it holds itself", lock_class(tasks.tasks[cycle.front()], tasks)) : "itself";
  return fmt::format("{}ask {} waits for {}", begin, who.front(), itself);
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
  const bool ends = may_be_ended(cycle, tasks);
  finding.title = title_of(cycle, circle, ends, tasks);
  if (ends) {
    finding.severity = model::Severity::note;
    finding.evidence.emplace_back("a timeout, or somebody who may cancel one of them, ends that");
  } else if (!circle.for_good) {
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
