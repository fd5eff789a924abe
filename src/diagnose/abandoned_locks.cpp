// Locks whose holder is gone: a thread that has ended without letting go, or one that a forked child does not have.
#include <fmt/format.h>

#include <algorithm>

#include "diagnose/list.h"
#include "diagnose/phrases.h"

namespace stillframe::diagnose {
namespace {

bool is_abandoned(const model::Resource& resource) {
  return is_lock(resource.kind) && !resource.holders.empty() &&
         std::ranges::all_of(resource.holders, [](const model::Holder& holder) {
           return holder.certain && !holder.tid && !holder.other;
         });
}

}  // namespace

void find_abandoned_locks(const model::Still& still, Findings& findings) {
  if (still.forked_from) {
    return;  // find_fork_lock() knows more of it
  }
  for (std::size_t i = 0; i < still.resources.size(); ++i) {
    const model::Resource& resource = still.resources[i];
    if (!is_abandoned(resource)) {
      continue;
    }
    model::Finding finding{.id = "lock-abandoned", .severity = model::Severity::certain};
    std::vector<std::string> who;
    for (const model::Thread& thread : still.threads) {
      if (thread.wants && thread.wants->resource == i) {
        who.push_back(name_and_place_of(thread));
        add_tid(finding, thread.tid);
      }
    }
    if (who.empty()) {
      continue;
    }
    finding.title = fmt::format("{} {} {} for {}, whose holder is gone: nobody is left who could let go of it",
                                who.size() == 1 ? "Thread" : "Threads", list_of(who),
                                who.size() == 1 ? "waits" : "wait", name_of(resource));
    finding.evidence = {fmt::format("{}, and no thread of this process has that id", resource.holders.front().how)};
    if (resource.state) {
      finding.evidence.push_back(*resource.state);
    }
    finding.advice = {"take the lock in a `with` block, so that a thread that ends by an exception lets go of it",
                      "if the process was forked while another thread held it: start children with spawn or "
                      "forkserver, or fork before "
                      "there are threads"};
    findings.push_back(std::move(finding));
  }
}

}  // namespace stillframe::diagnose
