// Threads that queue for the GIL still after still.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ranges>

#include "diagnose/phrases.h"
#include "diagnose/watched.h"
#include "text/phrases.h"

namespace stillframe::diagnose {
namespace {

using model::Thread;

struct Holding {
  const Thread* seen = nullptr;  // as it last held the GIL
  std::size_t times = 0;
};

// A look at the main interpreter's queue.
struct Queues {
  std::size_t crowded = 0;  // stills in which at least two threads waited
  std::size_t longest = 0;
  std::map<std::int64_t, Holding> holders;
};

Queues queues_in(Stills stills) {
  Queues queues;
  for (const model::Still& still : stills) {
    const auto waiting = static_cast<std::size_t>(std::ranges::count_if(
        still.threads, [](const Thread& thread) { return thread.waits_for_gil == true && thread.interpreter == 0; }));
    queues.crowded += waiting >= 2 ? 1 : 0;
    queues.longest = std::max(queues.longest, waiting);
    for (const Thread& thread : still.threads) {
      if (thread.holds_gil == true && thread.interpreter == 0 && thread.tid) {
        Holding& holding = queues.holders[*thread.tid];
        holding.seen = &thread;
        ++holding.times;
      }
    }
  }
  return queues;
}

}  // namespace

void find_gil_convoy(Stills stills, Findings& findings) {
  const Queues queues = queues_in(stills);
  // Now and then threads meet at the GIL in every program.
  if (queues.crowded * 10 < stills.size() * 7 || queues.holders.empty()) {
    return;
  }
  std::vector<Holding> holders;
  holders.reserve(queues.holders.size());
  for (const auto& [tid, holding] : queues.holders) {
    holders.push_back(holding);
  }
  std::ranges::stable_sort(holders, std::ranges::greater{}, &Holding::times);
  const Thread& first = *holders.front().seen;
  model::Finding finding{
      .id = "gil-convoy",
      .severity = model::Severity::likely,
      .title =
          fmt::format("Threads queue for the GIL: two or more in {} of {} looks; thread {} held it most often, in {}",
                      queues.crowded, stills.size(), name_of(first), holders.front().times),
      .detail = "between the looks it may have been otherwise"};
  finding.evidence = {fmt::format("up to {} waited at once", text::with_count(queues.longest, "thread"))};
  for (const Holding& holding : holders | std::views::take(kMostTold)) {
    finding.evidence.push_back(fmt::format("thread {} held the GIL in {} of {} looks, last{}", name_of(*holding.seen),
                                           holding.times, stills.size(), at_place(*holding.seen)));
    add_tid(finding, holding.seen->tid);
  }
  finding.advice = {
      "do what computes in processes (ProcessPoolExecutor), or in code that lets go of the GIL (NumPy, C)",
      "fewer threads: those that compute slow each other and all others down"};
  findings.push_back(std::move(finding));
}

}  // namespace stillframe::diagnose
