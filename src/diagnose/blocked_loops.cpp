// Event loops that are held up: a task or a callback does something that blocks its thread, and nobody else gets a
// turn.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "diagnose/list.h"
#include "diagnose/phrases.h"
#include "diagnose/task_phrases.h"
#include "model/tasks.h"
#include "text/phrases.h"

namespace stillframe::diagnose {
namespace {

// asyncio's own slow_callback_duration (Lib/asyncio/base_events.py): from then on it calls a callback slow.
constexpr double kSlow = 0.1;
// Timers that come so late are late for more than a machine that is busy.
constexpr double kOverdue = 1.0;

// The thread sleeps, and not for a moment: until somebody else does something, or for a time that matters.
bool sleeps_long(const model::Thread& thread) {
  if (!thread.waiting_on || thread.waits_for_gil == true) {
    return false;
  }
  const model::WaitingOn& waiting = *thread.waiting_on;
  return waiting.seconds_left.value_or(waiting.timeout.value_or(kSlow)) >= kSlow;
}

// What the disk does is mostly over in a moment; how long it takes this time, one look cannot say.
bool may_be_of_the_disk(const model::Thread& thread) {
  if (!thread.waiting_on) {
    return false;
  }
  constexpr std::array<std::string_view, 12> calls{"read",     "readv",   "pread64", "preadv",    "write", "writev",
                                                   "pwrite64", "pwritev", "fsync",   "fdatasync", "msync", "openat"};
  const auto& files = thread.waiting_on->files;
  const bool others = !files.empty() && std::ranges::none_of(files, [](const model::WaitedFile& one) {
    using enum model::FileKind;
    return one.kind == file || one.kind == directory || one.kind == device || one.kind == unknown;
  });
  return thread.os_state == model::OsState::uninterruptible ||
         (!others && std::ranges::find(calls, thread.waiting_on->syscall.value_or("")) != calls.end());
}

std::string what_runs(const model::TaskLoop& loop, const model::Tasks& tasks) {
  if (!loop.running_task) {
    return loop.scheduler == model::Scheduler::asyncio ? "a callback" : "a task";
  }
  return "task " + name_of(tasks.tasks[*loop.running_task]);
}

// Tasks that could go on, where a loop of C code does not show its callbacks.
std::uint64_t ready_tasks(const model::Tasks& tasks, const model::TaskLoop& loop) {
  const auto index = static_cast<std::uint32_t>(&loop - tasks.loops.data());
  return static_cast<std::uint64_t>(std::ranges::count_if(tasks.tasks, [&](const model::Task& task) {
    return task.loop == index && (task.state == model::TaskState::ready || task.state == model::TaskState::not_started);
  }));
}

// The function that runs what cannot be awaited in a thread of its own.
std::string_view in_thread(model::Scheduler scheduler) {
  switch (scheduler) {
    case model::Scheduler::trio:
      return "to_thread.run_sync";
    case model::Scheduler::curio:
      return "run_in_thread";
    default:
      return "to_thread";
  }
}

std::string advice_for(model::Scheduler scheduler) {
  return fmt::format(
      "await instead of blocking: {0}.sleep(), a library that is made for {0}, or {0}.{1}() for what cannot be awaited",
      model::name_of(scheduler), in_thread(scheduler));
}

void look_at(const model::Still& still, const model::TaskLoop& loop, Findings& findings) {
  const model::Thread* thread = loop.thread ? &still.threads[*loop.thread] : nullptr;
  // Of gevent nobody knows who would go on.
  if (loop.doing != model::LoopDoing::runs || thread == nullptr || loop.scheduler == model::Scheduler::gevent) {
    return;
  }
  const std::uint64_t ready = loop.ready ? *loop.ready : ready_tasks(*still.tasks, loop);
  const bool others_wait = ready > 0 || loop.overdue.value_or(0) > 0;
  const bool asleep = sleeps_long(*thread) && others_wait;
  const bool late = loop.overdue.value_or(0) >= kOverdue;
  if (!asleep && !late) {
    return;
  }
  const model::Frame* place = own_place(loop.callback, *still.tasks);
  const bool known = late || !may_be_of_the_disk(*thread);
  model::Finding finding{.id = "loop-blocked", .severity = known ? model::Severity::certain : model::Severity::likely};
  if (!known) {
    finding.detail = "that its call takes long: look once more";
  }
  finding.title = fmt::format("The event loop of thread {} is held up by {}{}", name_of(*thread),
                              what_runs(loop, *still.tasks), place == nullptr ? "" : " at " + place_of(*place));
  if (thread->waiting_on) {
    finding.evidence.push_back(fmt::format("its thread {}", thread->waiting_on->text));
  }
  if (ready > 0) {
    const bool callbacks = loop.ready && loop.scheduler == model::Scheduler::asyncio;
    finding.evidence.push_back(fmt::format("{} {}", text::with_count(ready, callbacks ? "callback" : "task"),
                                           ready == 1 ? "waits for its turn" : "wait for their turn"));
  }
  if (loop.overdue) {
    finding.evidence.push_back(fmt::format("a timer has been due for {}", text::duration_in_words(*loop.overdue)));
  }
  finding.advice = {advice_for(loop.scheduler)};
  add_tid(finding, thread->tid);
  findings.push_back(std::move(finding));
}

}  // namespace

void find_blocked_loops(const model::Still& still, Findings& findings) {
  if (!still.tasks) {
    return;
  }
  for (const model::TaskLoop& loop : still.tasks->loops) {
    look_at(still, loop, findings);
  }
}

}  // namespace stillframe::diagnose
