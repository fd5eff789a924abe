// Builds without a GIL: a thread that sleeps and has not told Python so. Who wants all threads to stand still, for
// instance to collect garbage, waits for it, and all others wait for that one.
#include <fmt/format.h>

#include <ranges>

#include "diagnose/calls.h"
#include "diagnose/list.h"
#include "diagnose/phrases.h"
#include "diagnose/wait_graph.h"

namespace stillframe::diagnose {
namespace {

using model::ResourceKind;
using model::Thread;

model::Finding tell(const model::Still& still, const WaitGraph& graph, std::size_t sleeper, std::size_t requester) {
  const Thread& thread = still.threads[sleeper];
  const auto others = graph.waiting_for(requester);
  model::Finding finding{
      .id = "world-held",
      .severity = model::Severity::certain,
      .title =
          fmt::format("Thread {} sleeps{} and cannot be stopped by Python: {} other {} wait for that", name_of(thread),
                      at_place(thread), others.size() + 1, others.empty() ? "thread has to" : "threads have to")};
  add_tid(finding, thread.tid);
  add_tid(finding, still.threads[requester].tid);
  finding.evidence.push_back(
      fmt::format("thread {} is attached to the interpreter and {}", name_of(thread), thread.waiting_on->text));
  if (const model::Frame* code = sleeping_code(thread)) {
    finding.evidence.push_back(fmt::format("the code that sleeps: {}", place_of(*code)));
  }
  finding.evidence.push_back(fmt::format("thread {} has asked all threads to stand still, and waits until they do{}",
                                         name_of(still.threads[requester]), at_place(still.threads[requester])));
  for (const std::size_t other : others | std::views::take(kMostTold - 2)) {
    finding.evidence.push_back(fmt::format("thread {} waits for the end of that{}", name_of(still.threads[other]),
                                           at_place(still.threads[other])));
    add_tid(finding, still.threads[other].tid);
  }
  finding.advice = {
      "detach around calls that may sleep, also in builds without a GIL (Py_BEGIN_ALLOW_THREADS, "
      "pybind11::gil_scoped_release, nogil)",
      "with ctypes use CDLL: functions of a PyDLL are called attached"};
  return finding;
}

}  // namespace

void find_world_held(const model::Still& still, Findings& findings) {
  const WaitGraph graph(still);
  for (std::size_t i = 0; i < still.threads.size(); ++i) {
    for (const Dependency& one : graph.dependencies(i)) {
      // Whom it waits for in turn is told by the finding of that circle.
      if (one.resource->kind == ResourceKind::standstill && still.threads[one.holder].waiting_on &&
          !graph.is_in_a_cycle(one.holder)) {
        findings.push_back(tell(still, graph, one.holder, i));
      }
    }
  }
}

}  // namespace stillframe::diagnose
