// Programs that are over and do not end: a thread that is no daemon, a task of a pool, a child, or an exit handler.
#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "diagnose/calls.h"
#include "diagnose/list.h"
#include "diagnose/phrases.h"

namespace stillframe::diagnose {
namespace {

using model::Thread;

// Works on a task: there are calls inside of the worker's own. Idle workers are woken by the pool's shutdown.
bool has_a_task(const Thread& thread) {
  constexpr std::string_view file = "concurrent/futures/thread.py";
  const auto worker = find_call(thread.frames, file, "_worker");
  const model::Frame* inside = worker ? called_by(thread, *worker) : nullptr;
  return inside != nullptr && is_call_of(*inside, file, "run");
}

// The threads that keep a program from ending once its main thread is in threading._shutdown() (Lib/threading.py), or
// in the exit handler of thread pools, whose workers were daemons to 3.8.
std::vector<const Thread*> threads_awaited(const model::Still& still, const Thread& main, bool pool) {
  std::vector<const Thread*> found;
  for (const Thread& thread : still.threads) {
    const bool awaited = pool ? has_a_task(thread) : thread.daemon == false;
    if (&thread != &main && thread.python && awaited) {
      found.push_back(&thread);
    }
  }
  return found;
}

// Whether nothing that is seen could still wake what waits: each thread of Python waits for another one.
bool all_wait_without_end(const model::Still& still) {
  return std::ranges::all_of(still.threads,
                             [](const Thread& thread) { return !thread.python || waits_without_end(thread); });
}

void judge(const model::Still& still, model::Finding& finding) {
  if (!all_wait_without_end(still)) {
    finding.severity = model::Severity::note;  // it may well be at work
    return;
  }
  finding.severity = model::Severity::likely;
  finding.detail =
      "every thread waits for another one, without a limit of time; a signal or C code could still wake one";
}

// Whether another finding says why one of them does not end.
bool is_told(const Findings& findings, const std::vector<const Thread*>& awaited) {
  return std::ranges::any_of(findings, [&](const model::Finding& one) {
    return one.severity != model::Severity::note && std::ranges::any_of(awaited, [&](const Thread* thread) {
             return thread->tid && std::ranges::find(one.tids, *thread->tid) != one.tids.end();
           });
  });
}

std::string state_and_place(const Thread& thread) {
  return (thread.os_state == model::OsState::running ? "runs" : "waits") + at_place(thread);
}

void tell_of(const Thread& thread, model::Finding& finding) {
  const std::string what = thread.waiting_on ? ": " + thread.waiting_on->text : "";
  finding.evidence.push_back(fmt::format("thread {} {}{}", name_of(thread), state_and_place(thread), what));
  add_tid(finding, thread.tid);
}

void find_awaited_threads(const model::Still& still, const Thread& main, const model::Frame& frame, bool pool,
                          Findings& findings) {
  const auto awaited = threads_awaited(still, main, pool);
  if (awaited.empty()) {
    return;
  }
  const std::string first =
      fmt::format("thread {} to end, which {}", name_of(*awaited.front()), state_and_place(*awaited.front()));
  const std::string more = awaited.size() == 1 ? "" : fmt::format("; and for {} more", awaited.size() - 1);
  model::Finding finding{.id = "exit-blocked",
                         .title = fmt::format("The program is over and waits for {}{}", first, more)};
  if (is_told(findings, awaited)) {
    finding.severity = model::Severity::note;
  } else {
    judge(still, finding);
  }
  finding.evidence.push_back(fmt::format("the main thread has come to its end and is in {}", place_of(frame)));
  for (const Thread* thread : awaited | std::views::take(kMostTold)) {
    tell_of(*thread, finding);
  }
  finding.advice =
      pool ? std::vector<std::string>{"let tasks wait with a timeout, or tell them to end before the program does",
                                      "call shutdown(cancel_futures=True) of the pool for those that have not begun"}
           : std::vector<std::string>{
                 "tell the thread to end (an Event that it looks at, a last item in its queue) and join() it",
                 "start it with daemon=True if it may be cut off at any point"};
  findings.push_back(std::move(finding));
}

void find_awaited_process(const Thread& main, const model::Frame& frame, Findings& findings) {
  const auto& waiting = main.waiting_on;
  if (!waiting || waiting->processes.empty()) {
    return;
  }
  const model::OtherProcess& child = waiting->processes.front();
  model::Finding finding{.id = "exit-blocked",
                         .title = fmt::format("The program is over and waits for process {} to end", name_of(child))};
  finding.evidence.push_back(fmt::format("the main thread has come to its end and is in {}", place_of(frame)));
  finding.evidence.push_back(fmt::format("process {} is {}", name_of(child), state_of(child)));
  finding.advice = {fmt::format("look at the child: stillframe why {}", child.pid),
                    "tell the process to end before the program does, or make it with daemon=True"};
  add_tid(finding, main.tid);
  findings.push_back(std::move(finding));
}

void find_exit_handler(const model::Still& still, const Thread& main, std::size_t caller, Findings& findings) {
  const model::Frame* handler = called_by(main, caller);
  const model::Frame* own = text::own_frame(main);
  if (handler == nullptr || own == nullptr) {
    return;
  }
  model::Finding finding{
      .id = "exit-blocked",
      .title = fmt::format("The program is over and {} in its exit handler{}",
                           main.os_state == model::OsState::running ? "runs" : "waits", at_place(main))};
  judge(still, finding);
  finding.evidence.push_back(fmt::format("the interpreter calls exit handlers (atexit): {}", place_of(*handler)));
  tell_of(main, finding);
  finding.advice = {
      "give what the handler waits for a timeout",
      "daemon threads go on in exit handlers, but are no longer there for threading's own shutdown: end them first"};
  findings.push_back(std::move(finding));
}

}  // namespace

void find_exit_blocked(const model::Still& still, Findings& findings) {
  const Thread* main = main_thread(still);
  if (main == nullptr) {
    return;
  }
  const auto& frames = main->frames;
  if (const auto pool = find_call(frames, "concurrent/futures/thread.py", "_python_exit")) {
    find_awaited_threads(still, *main, frames[*pool], true, findings);
  } else if (const auto process = find_call(frames, "multiprocessing/util.py", "_exit_function")) {
    find_awaited_process(*main, frames[*process], findings);
  } else if (const auto shutdown = find_call(frames, "threading.py", "_shutdown")) {
    find_awaited_threads(still, *main, frames[*shutdown], false, findings);
  } else if (const auto caller = find_native_call(frames, {"atexit_callfuncs"})) {
    find_exit_handler(still, *main, *caller, findings);
  }
}

}  // namespace stillframe::diagnose
