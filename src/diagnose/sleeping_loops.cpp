// Event loops of asyncio that sleep although something is ready for them: another thread has put it there without
// waking them.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "diagnose/calls.h"
#include "diagnose/list.h"
#include "diagnose/phrases.h"
#include "diagnose/task_phrases.h"
#include "model/tasks.h"
#include "text/phrases.h"

namespace stillframe::diagnose {
namespace {

// A thread on its way to wake a loop: it has put the callback there, and not yet written to the loop's own pipe.
bool is_about_to_wake(const model::Thread& thread) {
  constexpr std::string_view file = "asyncio/base_events.py";
  return find_call(thread.frames, file, "call_soon_threadsafe").has_value() ||
         find_call(thread.frames, "asyncio/selector_events.py", "_write_to_self").has_value();
}

const model::Task* ready_task(const model::Tasks& tasks, std::uint32_t loop) {
  const auto found = std::ranges::find_if(
      tasks.tasks, [&](const model::Task& task) { return task.loop == loop && task.state == model::TaskState::ready; });
  return found == tasks.tasks.end() ? nullptr : &*found;
}

void look_at_sleeping(const model::Still& still, const model::TaskLoop& loop, Findings& findings) {
  const bool sleeps = loop.scheduler == model::Scheduler::asyncio && loop.doing == model::LoopDoing::waits &&
                      loop.thread && *loop.thread < still.threads.size() && loop.ready.value_or(0) > 0;
  if (!sleeps || !still.threads[*loop.thread].waiting_on) {
    return;
  }
  // A loop that finds something ready does not sleep, not even for a moment (BaseEventLoop._run_once).
  const model::Thread& thread = still.threads[*loop.thread];
  const auto index = static_cast<std::uint32_t>(&loop - still.tasks->loops.data());
  const model::Task* task = ready_task(*still.tasks, index);
  const std::string place = task == nullptr ? "" : own_place_of(task->frames, *still.tasks);
  const std::string what = task == nullptr
                               ? fmt::format("{} for it", text::with_count(*loop.ready, "callback") +
                                                              (*loop.ready == 1 ? " is ready" : " are ready"))
                               : fmt::format("task {}{} is ready to go on", name_of(*task),
                                             place.empty() ? "" : fmt::format(" ({})", place));
  model::Finding finding{.id = "loop-not-woken",
                         .severity = model::Severity::certain,
                         .title = fmt::format("The event loop of thread {} sleeps although {}: nobody has woken it",
                                              name_of(thread), what)};
  finding.evidence = {fmt::format("its thread {}", thread.waiting_on->text),
                      fmt::format("{} in its list of what is ready, which it does not sleep with: another thread, or a "
                                  "signal handler, has put it there since",
                                  text::with_count(*loop.ready, "callback"))};
  finding.advice = {
      "from other threads: loop.call_soon_threadsafe(future.set_result, value); asyncio's futures, events, queues and "
      "call_soon() are not thread-safe",
      "asyncio.run_coroutine_threadsafe() for a coroutine"};
  add_tid(finding, thread.tid);
  findings.push_back(std::move(finding));
}

}  // namespace

void find_sleeping_loops(const model::Still& still, Findings& findings) {
  if (!still.tasks || !still.consistency.consistent || std::ranges::any_of(still.threads, is_about_to_wake)) {
    return;
  }
  for (const model::TaskLoop& loop : still.tasks->loops) {
    look_at_sleeping(still, loop, findings);
  }
}

}  // namespace stillframe::diagnose
