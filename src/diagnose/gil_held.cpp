// A thread that sleeps with the GIL: nobody else can run Python until it wakes.
#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <string>
#include <vector>

#include "diagnose/calls.h"
#include "diagnose/list.h"
#include "diagnose/phrases.h"
#include "diagnose/wait_graph.h"

namespace stillframe::diagnose {
namespace {

using model::Thread;

// A page fault is no call around which the GIL could be let go.
bool waits_for_page(const Thread& thread) {
  return thread.os_state == model::OsState::uninterruptible && !thread.waiting_on->syscall;
}

// A page comes from a disk in a moment, from a server that does not answer never.
model::Severity severity_of(const Thread& holder) {
  const bool silent = std::ranges::any_of(holder.waiting_on->files,
                                          [](const model::WaitedFile& file) { return file.server_answers == false; });
  return waits_for_page(holder) && !silent ? model::Severity::note : model::Severity::certain;
}

std::vector<std::string> advice_for(const Thread& holder) {
  if (waits_for_page(holder)) {
    return {"read() lets go of the GIL; touching a mapped file does not: map no files of servers, or copy them first"};
  }
  return {"let go of the GIL around calls that may sleep (Py_BEGIN_ALLOW_THREADS, pybind11::gil_scoped_release, nogil)",
          "with ctypes use CDLL: functions of a PyDLL are called with the GIL held"};
}

model::Finding tell(const Thread& holder, const std::vector<const Thread*>& others) {
  const std::size_t count = others.size();
  model::Finding finding{
      .id = "gil-held",
      .severity = severity_of(holder),
      .title = fmt::format("Thread {} holds the GIL while it {}{}: {} other {} run", name_of(holder),
                           waits_for_page(holder) ? "waits for a page of memory" : "sleeps", at_place(holder), count,
                           count == 1 ? "thread cannot" : "threads cannot")};
  finding.evidence.push_back(fmt::format("thread {} holds the GIL and {}", name_of(holder), holder.waiting_on->text));
  if (const model::Frame* code = sleeping_code(holder)) {
    finding.evidence.push_back(fmt::format("the code that sleeps: {}", place_of(*code)));
  }
  add_tid(finding, holder.tid);
  for (const Thread* other : others | std::views::take(kMostTold)) {
    finding.evidence.push_back(fmt::format("thread {} waits for the GIL{}", name_of(*other), at_place(*other)));
    add_tid(finding, other->tid);
  }
  finding.advice = advice_for(holder);
  return finding;
}

}  // namespace

void find_gil_held(const model::Still& still, Findings& findings) {
  for (std::size_t i = 0; i < still.threads.size(); ++i) {
    const Thread& holder = still.threads[i];
    if (holder.holds_gil != true || !holder.waiting_on) {
      continue;
    }
    std::vector<const Thread*> others;
    for (const Thread& other : still.threads) {
      if (other.waits_for_gil == true && other.interpreter == holder.interpreter) {
        others.push_back(&other);
      }
    }
    // Whom it waits for in turn is told by the finding of that circle.
    if (!others.empty() && !WaitGraph(still).is_in_a_cycle(i)) {
      findings.push_back(tell(holder, others));
    }
  }
}

}  // namespace stillframe::diagnose
