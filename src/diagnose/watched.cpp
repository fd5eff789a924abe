#include "diagnose/watched.h"

#include <algorithm>
#include <optional>
#include <string>

#include "diagnose/phrases.h"

namespace stillframe::diagnose {
namespace {

// The call that a thread slept in at the moment of a still, whether or not it has gone on since.
std::optional<std::string> call_of(const model::Thread& thread) {
  return thread.waiting_on ? thread.waiting_on->syscall : thread.left_call;
}

}  // namespace

void count_looks(std::span<model::Still> stills) {
  if (stills.size() < 2) {
    return;
  }
  for (model::Thread& thread : stills.back().threads) {
    const auto call = call_of(thread);
    if (!call) {
      continue;
    }
    model::WatchedCall watched{.syscall = *call};
    for (const model::Still& still : stills) {
      const model::Thread* then = thread_of(still, thread.tid);
      watched.looks += then != nullptr ? 1 : 0;
      watched.slept += then != nullptr && call_of(*then) == call ? 1 : 0;
    }
    thread.watched = watched;
  }
}

void add_watched_findings(std::span<model::Still> stills) {
  if (stills.size() < 2) {
    return;
  }
  model::Still& last = stills.back();
  for (const WatchAnalysis analysis : kWatchAnalyses) {
    analysis(stills, last.findings);
  }
  std::ranges::stable_sort(last.findings, {}, &model::Finding::severity);
}

}  // namespace stillframe::diagnose
