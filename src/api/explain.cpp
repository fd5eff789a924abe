#include "api/explain.h"

#include <algorithm>
#include <optional>

#include "diagnose/findings.h"
#include "diagnose/resource_titles.h"
#include "diagnose/wait_chains.h"
#include "diagnose/wait_edges.h"
#include "diagnose/watched.h"
#include "waits/task_waits.h"
#include "waits/thread_waits.h"

namespace stillframe::api {
namespace {

bool waits_without_limit(const model::Thread& thread) {
  const auto& waiting = thread.waiting_on;
  return !thread.python || (waiting && !waiting->limited && !waiting->timeout && !waiting->seconds_left);
}

// Whether the still has everybody in this process and its children who could wake one of its threads: it has every
// thread, and no child is left that works. Only where all threads that it has wait does it matter.
bool has_all_wakers(const target::Target& target, const model::Still& still) {
  if (!std::ranges::all_of(still.threads, waits_without_limit)) {
    return false;
  }
  const auto threads = target.threads();
  const auto known = [&](const target::ThreadInfo& one) {
    return std::ranges::find(still.threads, std::optional(one.tid), &model::Thread::tid) != still.threads.end();
  };
  if (!threads || !std::ranges::all_of(*threads, known)) {
    return false;
  }
  return std::ranges::all_of(target.surroundings()->children(),
                             [](const target::ProcessFacts& child) { return child.state == model::OsState::finished; });
}

}  // namespace

void explain(const target::Target& target, model::Still& still) {
  still.tasks ? waits::add_task_waits(target, still) : waits::add_thread_waits(target, still);
  diagnose::name_resources(still);
  diagnose::add_wait_graph(still, has_all_wakers(target, still));
  diagnose::add_findings(still);
  diagnose::add_wait_chains(still);
}

void explain_watched(const target::Target& target, std::span<model::Still> stills) {
  if (!stills.empty()) {
    explain(target, stills.back());
    diagnose::add_watched_findings(stills);
  }
}

}  // namespace stillframe::api
