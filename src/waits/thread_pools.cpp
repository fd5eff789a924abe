#include "waits/thread_pools.h"

#include <algorithm>
#include <map>

#include "cpython/stacks/variables.h"
#include "cpython/sync/work_queue.h"

namespace stillframe::waits {
namespace {

using cpython::Address;

// The queue of the pool that a thread works for: its worker's call is at most four calls from the outermost one.
Address queue_of(const cpython::RawThread& thread, cpython::Variables& variables) {
  constexpr std::size_t most = 6;
  const auto& frames = thread.chain.frames;
  for (std::size_t i = 0; i < std::min(frames.size(), most); ++i) {
    if (const auto queue = cpython::work_queue_of(variables, frames[frames.size() - 1 - i])) {
      return *queue;
    }
  }
  return 0;
}

}  // namespace

void add_pools(const capture::Snapshot& snapshot, const std::unordered_map<Address, target::Tid>& tids,
               model::Still& still) {
  if (std::ranges::find(still.resources, model::ResourceKind::future, &model::Resource::kind) ==
      still.resources.end()) {
    return;
  }
  cpython::Variables variables(*snapshot.objects, 0);
  std::map<Address, std::size_t> known;
  for (const auto& interpreter : snapshot.process.interpreters) {
    for (const cpython::RawThread& thread : interpreter.threads) {
      const auto tid = tids.find(thread.address);
      const Address queue = queue_of(thread, variables);
      if (queue == 0) {
        continue;
      }
      const auto [at, fresh] = known.try_emplace(queue, still.pools.size());
      if (fresh) {
        still.pools.push_back({.queue = queue, .waiting = cpython::futures_in(*snapshot.objects, queue)});
      }
      // 0: one of whom the kernel's id is not known.
      still.pools[at->second].workers.push_back(tid == tids.end() ? 0 : tid->second);
    }
  }
}

}  // namespace stillframe::waits
