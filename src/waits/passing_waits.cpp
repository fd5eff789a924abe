// Findings about waits that may be over in a moment.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "waits/thread_waits.h"

namespace stillframe::waits {
namespace {

using target::Tid;

// What one moment shows of these is no trouble where it is over in the next: a query that takes its time with a lock
// held, a call that a busy loop makes, a connection that is just being made.
constexpr std::array<std::string_view, 6> kPassing{"lock-held",    "loop-blocked", "no-answer",
                                                   "exit-blocked", "gil-held",     "unfinished-queue"};
constexpr std::chrono::milliseconds kPatience{250};

bool may_pass(const model::Finding& finding) {
  return finding.severity != model::Severity::note && std::ranges::find(kPassing, finding.id) != kPassing.end();
}

using Runs = std::unordered_map<Tid, std::optional<std::uint64_t>>;

// The run counts of those that sleep.
Runs runs_of_sleepers(const target::Target& target) {
  Runs runs;
  if (const auto threads = target.threads()) {
    for (const target::ThreadInfo& thread : *threads) {
      if (thread.state == model::OsState::sleeping || thread.state == model::OsState::uninterruptible) {
        runs.emplace(thread.tid, thread.run_count);
      }
    }
  }
  return runs;
}

// The threads that are said to wait, but for those that wait for the GIL, which wake up again and again.
std::unordered_set<Tid> waiting_in(const model::Still& still) {
  std::unordered_set<Tid> waiting;
  for (const model::Thread& thread : still.threads) {
    if (thread.tid && thread.waiting_on && thread.waits_for_gil != true) {
      waiting.insert(*thread.tid);
    }
  }
  return waiting;
}

}  // namespace

void confirm_passing_waits(const target::Target& target, model::Still& still) {
  if (target.lifeless() || std::ranges::none_of(still.findings, may_pass)) {
    return;
  }
  const auto waiting = waiting_in(still);
  const Runs before = runs_of_sleepers(target);
  std::this_thread::sleep_for(kPatience);
  const Runs after = runs_of_sleepers(target);
  const auto has_moved = [&](Tid tid) {
    const auto then = before.find(tid);
    const auto now = after.find(tid);
    return waiting.contains(tid) && (then == before.end() || now == after.end() || then->second != now->second);
  };
  for (model::Finding& finding : still.findings) {
    const auto mover = may_pass(finding) ? std::ranges::find_if(finding.tids, has_moved) : finding.tids.end();
    if (mover != finding.tids.end()) {
      finding.severity = model::Severity::note;
      finding.detail.clear();
      finding.evidence.push_back(
          fmt::format("thread {} has gone on since: it was no longer so a quarter of a second later", *mover));
    }
  }
  std::ranges::stable_sort(still.findings, {}, &model::Finding::severity);
}

}  // namespace stillframe::waits
