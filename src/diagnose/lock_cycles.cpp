// Deadlocks: threads that wait for one another in a circle, and a thread that waits for what it holds itself.
#include <fmt/format.h>

#include <algorithm>

#include "diagnose/calls.h"
#include "diagnose/list.h"
#include "diagnose/phrases.h"
#include "diagnose/wait_graph.h"

namespace stillframe::diagnose {
namespace {

// " since /srv/app.py:12 in transfer": where the holder took it, as far as that is known.
std::string taken_at(const model::Thread& holder, const model::Holder& by) {
  const std::string place = taken_place(holder, by);
  return place.empty() ? "" : fmt::format(", taken {} {}", by.line ? "at" : "in the call that is now at", place);
}

std::string step_of(const model::Still& still, const Dependency& step) {
  const model::Thread& waiter = still.threads[step.waiter];
  const model::Thread& holder = still.threads[step.holder];
  const model::Frame* frame = waiting_frame(waiter);
  const std::string place = frame == nullptr ? "" : " at " + place_of(*frame);
  std::string text = fmt::format("thread {} waits for {}{}", name_of(waiter), name_of(*step.resource), place);
  if (step.resource->kind == model::ResourceKind::thread) {
    return text;
  }
  return text + fmt::format("; thread {} holds it{} ({})", name_of(holder), taken_at(holder, *step.by), step.by->how);
}

std::string title_of(const model::Still& still, const std::vector<Dependency>& cycle) {
  std::vector<std::string> who;
  std::ranges::transform(cycle, std::back_inserter(who),
                         [&](const Dependency& step) { return name_and_place_of(still.threads[step.waiter]); });
  if (cycle.size() == 1) {
    return fmt::format("Deadlock: thread {} waits for {}, which it holds itself", who.front(),
                       name_of(*cycle.front().resource));
  }
  return fmt::format("Deadlock: threads {} wait for one another", list_of(who));
}

std::vector<std::string> advice_for(const std::vector<Dependency>& cycle) {
  const auto any = [&](model::ResourceKind kind) {
    return std::ranges::any_of(cycle, [&](const Dependency& step) { return step.resource->kind == kind; });
  };
  if (cycle.size() == 1 && any(model::ResourceKind::thread)) {
    return {"a thread cannot wait for its own end: call join() in another one"};
  }
  if (cycle.size() == 1) {
    return {
        "use threading.RLock, which its holder can take again, or call the inner function after the lock was let go"};
  }
  if (any(model::ResourceKind::gil)) {
    return {
        "let go of the GIL (Py_BEGIN_ALLOW_THREADS, pybind11::gil_scoped_release, py.allow_threads) before C code "
        "takes a lock, and take the lock before the GIL everywhere"};
  }
  if (any(model::ResourceKind::standstill)) {
    return {
        "detach from Python (Py_BEGIN_ALLOW_THREADS, pybind11::gil_scoped_release) before C code takes a lock, also in "
        "builds without a GIL"};
  }
  if (any(model::ResourceKind::loader)) {
    return {"load no library, and wait for no thread, in callbacks and constructors that run under the loader's lock"};
  }
  if (any(model::ResourceKind::import_lock)) {
    return {"start threads, and wait for them, after the import: from a function, not at the top level of a module"};
  }
  if (any(model::ResourceKind::thread)) {
    return {"let go of the lock before waiting for the thread that needs it"};
  }
  return {"take these locks in the same order everywhere, or with a timeout"};
}

// That it is a signal handler or a finalizer which waits for its own thread says more.
bool is_told(const Findings& findings, const model::Thread& thread) {
  return std::ranges::any_of(findings, [&](const model::Finding& one) {
    return one.id.ends_with("-reentry") && thread.tid && std::ranges::find(one.tids, *thread.tid) != one.tids.end();
  });
}

}  // namespace

void find_lock_cycles(const model::Still& still, Findings& findings) {
  const WaitGraph graph(still);
  for (const auto& cycle : graph.cycles()) {
    if (cycle.size() == 1 && is_told(findings, still.threads[cycle.front().waiter])) {
      continue;
    }
    const bool told = std::ranges::all_of(cycle, [](const Dependency& step) { return step.by->certain; });
    const bool limited = std::ranges::any_of(cycle, [&](const Dependency& step) {
      // Who wants all threads to stand still looks again and again whether they do.
      return step.resource->kind != model::ResourceKind::standstill && has_time_limit(still.threads[step.waiter]);
    });
    const bool certain = told && !limited;
    model::Finding finding{.id = cycle.size() == 1 ? "self-deadlock" : "lock-cycle",
                           .severity = certain ? model::Severity::certain : model::Severity::likely,
                           .title = title_of(still, cycle),
                           .advice = advice_for(cycle)};
    if (limited) {
      finding.detail = "one of them waits for a limited time, and goes on when that is over";
    } else if (!certain) {
      finding.detail = "this kind of lock does not say who holds it: that is concluded from the code that took it";
    }
    for (const Dependency& step : cycle) {
      finding.evidence.push_back(step_of(still, step));
      add_tid(finding, still.threads[step.waiter].tid);
    }
    const std::size_t behind = graph.waiting_for(cycle.front().waiter).size() + 1 - cycle.size();
    if (behind > 0) {
      finding.evidence.push_back(
          fmt::format("{} more {} for them", behind, behind == 1 ? "thread waits" : "threads wait"));
    }
    findings.push_back(std::move(finding));
  }
}

}  // namespace stillframe::diagnose
