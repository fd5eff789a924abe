#include "api/explain.h"

#include <algorithm>
#include <optional>

#include "api/still_check.h"
#include "diagnose/findings.h"
#include "diagnose/resource_titles.h"
#include "diagnose/wait_chains.h"
#include "diagnose/wait_edges.h"
#include "diagnose/watched.h"
#include "text/still_redaction.h"
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

void find_out(const target::Target& target, model::Still& still) {
  diagnose::name_resources(still);
  diagnose::add_wait_graph(still, has_all_wakers(target, still));
  check_fits_together(still);
  diagnose::add_findings(still);
  waits::confirm_passing_waits(target, still);
  diagnose::add_wait_chains(still);
}

}  // namespace

void explain(const target::Target& target, model::Still& still, const text::Redaction& redaction) {
  find_out(target, still);
  text::hide_secrets(still, redaction);
}

void explain_watched(const target::Target& target, std::span<model::Still> stills, const text::Redaction& redaction) {
  if (!stills.empty()) {
    diagnose::count_looks(stills);
    find_out(target, stills.back());
    diagnose::add_watched_findings(stills);
    text::hide_secrets(stills.back(), redaction);
  }
}

}  // namespace stillframe::api
