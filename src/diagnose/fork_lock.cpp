// A forked process whose only thread waits for a lock: whoever held it at the fork is not there any more.
#include <fmt/format.h>

#include <algorithm>

#include "diagnose/calls.h"
#include "diagnose/list.h"
#include "diagnose/phrases.h"

namespace stillframe::diagnose {
void find_fork_lock(const model::Still& still, Findings& findings) {
  if (!still.forked_from || still.threads.size() != 1) {
    return;
  }
  const model::Thread& thread = still.threads.front();
  const model::Resource* wanted = wanted_by(still, thread);
  if (wanted == nullptr || !waits_without_end(thread)) {
    return;
  }
  const model::Resource& resource = *wanted;
  const bool own = std::ranges::find(resource.holders, thread.tid, &model::Holder::tid) != resource.holders.end();
  // Others can let go of what processes share, as a condition of C code may be.
  const bool shared = resource.kind == model::ResourceKind::process_lock ||
                      resource.type.starts_with("multiprocessing.") || resource.type == "pthread_cond_t";
  if (!is_lock(resource.kind) || own || shared) {
    return;
  }
  const model::Frame* frame = waiting_frame(thread);
  model::Finding finding{
      .id = "fork-lock",
      .severity = model::Severity::certain,
      .title = fmt::format(
          "Thread {} waits{} for {}, and nobody here can let go of it: the fork left the other threads behind",
          name_of(thread), frame == nullptr ? "" : " at " + place_of(*frame), name_of(resource)),
      .evidence = {fmt::format("thread {} is the only one of this process and waits for {}", name_of(thread),
                               name_of(resource)),
                   fmt::format("the process was forked from {} and has run no other program since: it has the locks as "
                               "they were, and of the threads only the one that forked",
                               name_of(*still.forked_from))},
      .advice = {
          R"(start processes with the method "spawn" or "forkserver": multiprocessing.set_start_method("spawn"))",
          "fork before the first thread starts, or make the lock anew in the child (os.register_at_fork)"}};
  add_tid(finding, thread.tid);
  findings.push_back(std::move(finding));
}

}  // namespace stillframe::diagnose
