#include "capture/stillness.h"

#include <unordered_map>

namespace stillframe::capture {

using target::ThreadInfo;
using target::Tid;

bool asleep(model::OsState state) {
  switch (state) {
    case model::OsState::sleeping:
    case model::OsState::uninterruptible:
    case model::OsState::stopped:
    case model::OsState::traced:
    case model::OsState::finished:
    case model::OsState::idle:
    case model::OsState::dead:
      return true;
    case model::OsState::running:
    case model::OsState::unknown:
      return false;
  }
  return false;
}

bool is_futex_wait(const target::Syscall& call) {
  // One that had a timeout goes on as restart_syscall after a stop, with its arguments. Whether it was a futex tells
  // the address, which must belong to a lock.
  return call.name == "futex" || call.name == "futex_waitv" || call.name == "restart_syscall";
}

std::vector<Tid> moved(const std::vector<ThreadInfo>& earlier, const std::vector<ThreadInfo>& later,
                       const std::unordered_set<Tid>& held) {
  std::unordered_map<Tid, const ThreadInfo*> before;
  for (const auto& thread : earlier) {
    before.emplace(thread.tid, &thread);
  }
  std::vector<Tid> tids;
  for (const auto& thread : later) {
    const auto known = before.find(thread.tid);
    const bool slept = known != before.end() && asleep(known->second->state) && asleep(thread.state) &&
                       thread.run_count.has_value() && known->second->run_count == thread.run_count;
    if (!slept && !held.contains(thread.tid)) {
      tids.push_back(thread.tid);
    }
  }
  return tids;
}

}  // namespace stillframe::capture
