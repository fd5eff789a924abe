// Thread pools whose workers all wait for work that is still in the queue of such a pool: nobody is left to do it.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "diagnose/calls.h"
#include "diagnose/list.h"
#include "diagnose/phrases.h"
#include "text/phrases.h"

namespace stillframe::diagnose {
namespace {

using model::Thread;
using model::WorkerPool;

// The future that a thread waits for, without a limit of time; 0: none.
std::uint64_t awaited_future(const model::Still& still, const Thread& thread) {
  if (!thread.wants || thread.wants->resource >= still.resources.size() || !waits_without_end(thread)) {
    return 0;
  }
  const model::Resource& resource = still.resources[thread.wants->resource];
  return resource.kind == model::ResourceKind::future ? resource.address : 0;
}

class Pools {
 public:
  explicit Pools(const model::Still& still) : still_(still) {
    for (const WorkerPool& pool : still.pools) {
      for (const std::uint64_t future : pool.waiting) {
        pool_of_.try_emplace(future, &pool);
      }
      stuck_.push_back(&pool);
    }
    // What is left: pools of which each worker waits for what is queued in one of them.
    while (std::erase_if(stuck_, [this](const WorkerPool* pool) { return !is_stuck(*pool); }) > 0) {
    }
  }

  [[nodiscard]] const std::vector<const WorkerPool*>& stuck() const { return stuck_; }

 private:
  [[nodiscard]] bool is_stuck(const WorkerPool& pool) const {
    return !pool.workers.empty() && std::ranges::all_of(pool.workers, [this](std::int64_t tid) {
      const Thread* thread = thread_of(still_, tid);
      const auto in = thread == nullptr ? pool_of_.end() : pool_of_.find(awaited_future(still_, *thread));
      return in != pool_of_.end() && std::ranges::find(stuck_, in->second) != stuck_.end();
    });
  }

  const model::Still& still_;
  std::map<std::uint64_t, const WorkerPool*> pool_of_;  // by the futures of work that waits
  std::vector<const WorkerPool*> stuck_;
};

std::string title_of(const std::vector<std::string>& workers, std::size_t pools) {
  if (workers.size() == 1) {
    return fmt::format(
        "Deadlock: the only worker of a thread pool, {}, waits for the result of a task that is queued in it",
        workers.front());
  }
  const bool one = pools == 1;
  return fmt::format("Deadlock: all {} workers of {}, {}, wait for results of tasks that are queued in {}",
                     workers.size(), one ? "a thread pool" : text::with_count(pools, "thread pool"),
                     list_of(workers, 4), one ? "it" : "them");
}

}  // namespace

void find_pool_exhausted(const model::Still& still, Findings& findings) {
  const Pools pools(still);
  if (pools.stuck().empty()) {
    return;
  }
  std::vector<std::string> workers;
  model::Finding finding{.id = "pool-exhausted", .severity = model::Severity::certain};
  for (const WorkerPool* pool : pools.stuck()) {
    for (const std::int64_t tid : pool->workers) {
      const Thread& thread = *thread_of(still, tid);
      workers.push_back(name_and_place_of(thread));
      finding.tids.push_back(tid);
    }
    finding.evidence.push_back(fmt::format("the queue of the pool of thread {} has {} that no worker has begun",
                                           name_of(*thread_of(still, pool->workers.front())),
                                           text::with_count(pool->waiting.size(), "task")));
  }
  finding.title = title_of(workers, pools.stuck().size());
  finding.evidence.emplace_back("each of the workers waits, without a limit of time, for the future of such a task");
  finding.advice = {
      "don't wait in a task for another one of the same pool: return the future, or do the work there and then",
      "give the inner tasks a pool of their own"};
  findings.push_back(std::move(finding));
}

}  // namespace stillframe::diagnose
