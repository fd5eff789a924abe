#include "waits/wait_graph_builder.h"

#include <algorithm>
#include <string>

namespace stillframe::waits {

WaitGraphBuilder::WaitGraphBuilder(const capture::Snapshot& snapshot, const target::Target& target,
                                   const std::unordered_map<cpython::Address, target::Tid>& tids, model::Still& still)
    : snapshot_(snapshot), target_(target), still_(still) {
  std::map<std::pair<std::optional<std::int64_t>, std::optional<std::int64_t>>, model::Thread*> shown;
  for (model::Thread& thread : still.threads) {
    shown.try_emplace({thread.tid, thread.interpreter}, &thread);
  }
  for (const auto& interpreter : snapshot.process.interpreters) {
    for (const cpython::RawThread& thread : interpreter.threads) {
      idents_.insert(thread.thread_id);
      const auto tid = tids.find(thread.address);
      if (tid == tids.end()) {
        continue;
      }
      by_ident_.try_emplace(thread.thread_id, tid->second);
      if (const auto known = shown.find({tid->second, interpreter.id}); known != shown.end()) {
        threads_.push_back({.shown = known->second, .raw = &thread});
      }
    }
  }
}

std::optional<target::Tid> WaitGraphBuilder::tid_of(std::uint64_t ident) const {
  const auto known = by_ident_.find(ident);
  return known == by_ident_.end() ? std::nullopt : std::optional(known->second);
}

std::pair<std::size_t, bool> WaitGraphBuilder::enter(model::ResourceKind kind, cpython::Address address) {
  const auto [known, fresh] = by_address_.try_emplace({kind, address}, still_.resources.size());
  if (fresh) {
    still_.resources.push_back({.kind = kind, .address = address});
  }
  return {known->second, fresh};
}

void WaitGraphBuilder::note(std::size_t index) {
  const model::Resource& resource = still_.resources[index];
  by_address_.try_emplace({resource.kind, resource.address}, index);
}

void WaitGraphBuilder::add_holder(model::Resource& to, std::uint64_t ident, std::string_view how) {
  const auto tid = tid_of(ident);
  // Without a thread it is one that has ended: but not where the kernel's id of one that is here is unknown, and
  // not for certain where threads may have come since.
  if (tid || !idents_.contains(ident)) {
    to.holders.push_back({.tid = tid, .certain = tid || !threads_have_come(), .how = std::string(how)});
  }
}

// Whether the process has threads that the still has not.
bool WaitGraphBuilder::threads_have_come() {
  if (!have_come_) {
    const auto now = target_.threads();
    have_come_ = !now || std::ranges::any_of(*now, [&](const target::ThreadInfo& one) {
      return std::ranges::find(snapshot_.threads, one.tid, &target::ThreadInfo::tid) == snapshot_.threads.end();
    });
  }
  return *have_come_;
}

}  // namespace stillframe::waits
