// Threads that wait for the same lock in every still, while others take it in turn.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "diagnose/phrases.h"
#include "diagnose/watched.h"

namespace stillframe::diagnose {
namespace {

using model::Thread;

const model::Resource* wanted_lock(const model::Still& still, const Thread& thread) {
  const model::Resource* resource = wanted_by(still, thread);
  return resource != nullptr && model::is_lock(resource->kind) ? resource : nullptr;
}

// Who is told again and again that the lock is free, and comes too late each time, may run while it is found out what
// he waits for: he slept at the same place, and what for is not proved in this still.
bool slept_there(const Thread& then, const Thread& thread) {
  const bool in_futex = then.left_call == "futex" || (then.waiting_on && then.waiting_on->syscall == "futex");
  const model::Frame* before = text::own_frame(then);
  const model::Frame* now = text::own_frame(thread);
  return !then.wants && in_futex && before != nullptr && now != nullptr && before->file == now->file &&
         before->function == now->function && before->line == now->line;
}

// The threads that held the lock in the stills, if this one waited for it in all of them.
std::set<std::int64_t> holders_meanwhile(Stills stills, const Thread& thread, const model::Resource& wanted) {
  std::set<std::int64_t> holders;
  std::size_t proved = 0;
  for (const model::Still& still : stills) {
    const Thread* then = thread_of(still, thread.tid);
    if (then != nullptr && slept_there(*then, thread)) {
      continue;
    }
    const model::Resource* resource = then == nullptr ? nullptr : wanted_lock(still, *then);
    if (resource == nullptr || resource->address != wanted.address) {
      return {};
    }
    ++proved;
    for (const model::Holder& holder : resource->holders) {
      if (holder.tid) {
        holders.insert(*holder.tid);
      }
    }
  }
  return proved * 2 > stills.size() ? holders : std::set<std::int64_t>();
}

// Where all who use a lock wait for it most of the time, it may be that each has its turn in between.
bool others_wait_as_often(Stills stills, const Thread& thread, const model::Resource& wanted) {
  std::map<std::int64_t, std::size_t> waited;
  for (const model::Still& still : stills) {
    for (const Thread& one : still.threads) {
      const model::Resource* resource = wanted_lock(still, one);
      if (one.tid && one.tid != thread.tid && resource != nullptr && resource->address == wanted.address) {
        ++waited[*one.tid];
      }
    }
  }
  return std::ranges::any_of(waited, [&](const auto& one) { return one.second * 2 > stills.size(); });
}

}  // namespace

void find_starved_threads(Stills stills, Findings& findings) {
  const model::Still& last = stills.back();
  for (const Thread& thread : last.threads) {
    const model::Resource* wanted = thread.tid ? wanted_lock(last, thread) : nullptr;
    const auto holders = wanted == nullptr ? std::set<std::int64_t>() : holders_meanwhile(stills, thread, *wanted);
    if (holders.size() < 2) {
      continue;  // one that keeps it is told by other findings
    }
    std::vector<std::string> names;
    for (const std::int64_t tid : holders) {
      const Thread* holder = thread_of(last, tid);
      names.push_back(holder == nullptr ? fmt::format("{}", tid) : name_of(*holder));
    }
    findings.push_back(
        {.id = "starved",
         .severity = others_wait_as_often(stills, thread, *wanted) ? model::Severity::note : model::Severity::likely,
         .title = fmt::format("Thread {} waited for {} in all {} looks, while {} other threads had it in turn",
                              name_of(thread), name_of(*wanted), stills.size(), holders.size()),
         .detail = "between the looks it may have had it",
         .evidence = {fmt::format("it waits{}", at_place(thread)), "held meanwhile by threads " + list_of(names)},
         .advice =
             {"hold the lock for less, and let go of it for a moment between two turns: locks are not given in order",
              "a queue.Queue between the threads gives each its turn"},
         .tids = {*thread.tid}});
  }
}

}  // namespace stillframe::diagnose
