// Threads that hold a lock others wait for, and wait themselves for something that nobody in the process holds: a
// socket, a child, an item in a queue.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "diagnose/calls.h"
#include "diagnose/list.h"
#include "diagnose/phrases.h"
#include "diagnose/wait_graph.h"
#include "text/phrases.h"

namespace stillframe::diagnose {
namespace {

// Of each thread the first lock that it holds and that somebody waits for; null: none.
std::vector<const Dependency*> first_waits(const WaitGraph& graph, std::size_t threads) {
  std::vector<const Dependency*> first(threads, nullptr);
  for (std::size_t i = 0; i < threads; ++i) {
    for (const Dependency& one : graph.dependencies(i)) {
      if (is_lock(one.resource->kind) && first[one.holder] == nullptr) {
        first[one.holder] = &one;
      }
    }
  }
  return first;
}

// What workers at leisure do, one of them inside the lock that hands out the next piece of work.
bool waits_for_work(const model::Thread& thread) {
  constexpr std::array<std::string_view, 5> calls{"accept", "accept4", "epoll_wait", "epoll_pwait", "epoll_pwait2"};
  return std::ranges::find(calls, thread.waiting_on->syscall.value_or("")) != calls.end();
}

// Sleeps are over some time; who sleeps in another call without a timeout may do so for ever.
bool may_wait_for_ever(const model::Thread& thread) {
  if (!thread.waiting_on || has_time_limit(thread) || waits_for_work(thread)) {
    return false;
  }
  const auto& call = thread.waiting_on->syscall;
  return call != "nanosleep" && call != "clock_nanosleep" && call != "restart_syscall";
}

std::string doing_of(const model::Thread& thread) {
  return thread.waiting_on ? thread.waiting_on->text : std::string("runs");
}

model::Finding make(const model::Still& still, const WaitGraph& graph, std::size_t index, const Dependency& first) {
  const model::Thread& holder = still.threads[index];
  const bool endless = may_wait_for_ever(holder);
  model::Finding finding{.id = "lock-held", .severity = endless ? model::Severity::likely : model::Severity::note};
  std::vector<std::string> who;
  std::vector<std::string> behind;
  add_tid(finding, holder.tid);
  for (const std::size_t waiter : graph.waiting_for(index)) {
    const model::Thread& thread = still.threads[waiter];
    const bool direct = graph.dependencies(waiter).front().resource == first.resource;
    (direct ? who : behind).push_back(name_and_place_of(thread));
    add_tid(finding, thread.tid);
  }
  finding.title = fmt::format("{} {} for {}, held by thread {}, which {}", text::with_count(who.size(), "thread"),
                              who.size() == 1 ? "waits" : "wait", name_of(*first.resource), name_and_place_of(holder),
                              doing_of(holder));
  if (endless) {
    finding.detail = "whether what the holder waits for will come";
    finding.detail += first.by->certain ? "" : "; that it holds the lock is concluded from the code that took it";
  }
  finding.evidence = {"waiting: " + list_of(who), fmt::format("the holder is told by this: {}", first.by->how)};
  if (!behind.empty()) {
    finding.evidence.push_back("waiting for one of them: " + list_of(behind));
  }
  finding.advice = {"do what can take long before taking the lock, or after letting go of it; or give it a timeout"};
  return finding;
}

}  // namespace

void find_blocking_holders(const model::Still& still, Findings& findings) {
  const WaitGraph graph(still);
  const auto waits = first_waits(graph, still.threads.size());
  for (std::size_t i = 0; i < still.threads.size(); ++i) {
    const bool waits_for_other = !graph.dependencies(i).empty();
    const bool seen = still.threads[i].waiting_on || still.threads[i].os_state == model::OsState::running;
    if (waits[i] != nullptr && !waits_for_other && seen) {
      findings.push_back(make(still, graph, i, *waits[i]));
    }
  }
}

}  // namespace stillframe::diagnose
