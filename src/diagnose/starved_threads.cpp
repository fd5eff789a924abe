// Threads that wait for the same lock in every still, while others take it in turn.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "diagnose/phrases.h"
#include "diagnose/watched.h"

namespace stillframe::diagnose {
namespace {

using model::Thread;

const model::Resource* wanted_lock(const model::Still& still, const Thread& thread) {
  const model::Resource* resource = wanted_by(still, thread);
  return resource != nullptr && is_lock(resource->kind) ? resource : nullptr;
}

// The threads that held the lock in the stills, if this one waited for it in all of them.
std::set<std::int64_t> holders_meanwhile(Stills stills, const Thread& thread, const model::Resource& wanted) {
  std::set<std::int64_t> holders;
  for (const model::Still& still : stills) {
    const Thread* then = thread_of(still, thread.tid);
    const model::Resource* resource = then == nullptr ? nullptr : wanted_lock(still, *then);
    if (resource == nullptr || resource->address != wanted.address) {
      return {};
    }
    for (const model::Holder& holder : resource->holders) {
      if (holder.tid) {
        holders.insert(*holder.tid);
      }
    }
  }
  return holders;
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
         .severity = model::Severity::likely,
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
