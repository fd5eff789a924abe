// A thread that sleeps with the GIL: nobody else can run Python until it wakes.
#include <fmt/format.h>

#include <algorithm>

#include "analysis/findings/calls.h"
#include "analysis/findings/list.h"
#include "analysis/findings/wait_graph.h"
#include "analysis/findings/words.h"

namespace stillframe::analysis {
namespace {

using model::Thread;

// Whom it waits for in turn is told by the finding of that circle.
bool is_in_a_cycle(const WaitGraph& graph, std::size_t thread) {
  return std::ranges::any_of(graph.cycles(), [&](const auto& cycle) {
    return std::ranges::find(cycle, thread, &Dependency::waiter) != cycle.end();
  });
}

// The library whose code has gone to sleep: the innermost native frame that is not of the C library.
const model::Frame* sleeping_code(const Thread& thread) {
  for (std::size_t i = thread.frames.size(); i > 0; --i) {
    const model::Frame& frame = thread.frames[i - 1];
    if (frame.kind == model::FrameKind::python) {
      return nullptr;
    }
    const std::string_view library = file_name(frame.library.value_or(""));
    if (!frame.function.empty() && !library.empty() && !library.starts_with("libc.") && !library.starts_with("libc-") &&
        !library.starts_with("libpthread") && !library.starts_with("ld-")) {
      return &frame;
    }
  }
  return nullptr;
}

model::Finding tell(const Thread& holder, const std::vector<const Thread*>& others) {
  const std::size_t count = others.size();
  model::Finding finding{
      .id = "gil-held",
      .severity = model::Severity::certain,
      .title = fmt::format("Thread {} holds the GIL while it sleeps{}: {} other {} run", name_of(holder),
                           at_place(holder), count, count == 1 ? "thread cannot" : "threads cannot")};
  finding.evidence.push_back(fmt::format("thread {} holds the GIL and {}", name_of(holder), holder.waiting_on->text));
  if (const model::Frame* code = sleeping_code(holder)) {
    finding.evidence.push_back(fmt::format("the code that sleeps: {}", place_of(*code)));
  }
  for (const Thread* other : others) {
    if (finding.tids.size() < 8) {
      finding.evidence.push_back(fmt::format("thread {} waits for the GIL{}", name_of(*other), at_place(*other)));
      finding.tids.push_back(other->tid.value_or(0));
    }
  }
  finding.tids.insert(finding.tids.begin(), holder.tid.value_or(0));
  finding.advice = {
      "let go of the GIL around calls that may sleep (Py_BEGIN_ALLOW_THREADS, pybind11::gil_scoped_release, nogil)",
      "with ctypes use CDLL: functions of a PyDLL are called with the GIL held"};
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
    if (!others.empty() && !is_in_a_cycle(WaitGraph(still), i)) {
      findings.push_back(tell(holder, others));
    }
  }
}

}  // namespace stillframe::analysis
