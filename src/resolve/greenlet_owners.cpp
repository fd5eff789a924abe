#include "resolve/greenlet_owners.h"

#include <algorithm>

namespace stillframe::resolve {
namespace {

using cpython::Address;
using cpython::RawGreenlet;
using target::Mapping;
using target::Tid;

std::optional<Address> stack_pointer(const target::Target& target, Tid tid) {
  if (target.lifeless()) {
    const auto registers = target.registers(tid);
    return registers ? std::optional(registers->sp) : std::nullopt;
  }
  const auto call = target.syscall(tid);
  return call && call->sp != 0 ? std::optional(call->sp) : std::nullopt;
}

// An address in a greenlet's stack; 0 where none is known.
Address place_of(const RawGreenlet& greenlet) {
  if (greenlet.suspended) {
    return greenlet.stack_start;
  }
  return greenlet.main ? 0 : greenlet.stack_stop - 1;
}

}  // namespace

GreenletOwners::GreenletOwners(const capture::Snapshot& snapshot, const target::Target& target,
                               const std::unordered_map<Address, Tid>& tids)
    : target_(target) {
  const auto& greenlets = snapshot.greenlets.greenlets;
  if (greenlets.empty()) {
    return;
  }
  find_stacks(snapshot, target, tids);
  // All with the same main greenlet are in the same thread.
  std::unordered_map<Address, Address> by_main;
  for (const RawGreenlet& greenlet : greenlets) {
    const Address place = place_of(greenlet);
    const Address thread = place != 0 ? thread_with(place) : 0;
    if (thread != 0 && greenlet.main_greenlet != 0) {
      by_main.try_emplace(greenlet.main_greenlet, thread);
    }
  }
  for (std::size_t i = 0; i < greenlets.size(); ++i) {
    const RawGreenlet& greenlet = greenlets[i];
    const auto known = by_main.find(greenlet.main_greenlet);
    Address thread = known != by_main.end() ? known->second : 0;
    if (thread == 0 && place_of(greenlet) != 0) {
      thread = thread_with(place_of(greenlet));
    }
    if (greenlet.suspended && thread == 0) {
      ++ownerless_;
    } else if (greenlet.suspended) {
      suspended_[thread].push_back(i);
    }
  }
}

// C libraries put a thread's record (struct pthread) at the upper end of its stack, in the same mapping; the main
// thread has the stack that the kernel made. A stack that a program made itself is known by its thread's stack pointer.
void GreenletOwners::find_stacks(const capture::Snapshot& snapshot, const target::Target& target,
                                 const std::unordered_map<Address, Tid>& tids) {
  for (const auto& interpreter : snapshot.process.interpreters) {
    for (const auto& thread : interpreter.threads) {
      const auto tid = tids.find(thread.address);
      const bool main = tid != tids.end() && tid->second == target.source().pid;
      if (const Mapping* mapping = main ? nullptr : target::mapping_at(target.mappings(), thread.thread_id)) {
        stacks_.push_back({.mapping = mapping, .end = thread.thread_id, .thread = thread.address});
      }
      const auto sp = tid != tids.end() ? stack_pointer(target, tid->second) : std::nullopt;
      if (const Mapping* mapping = sp ? target::mapping_at(target.mappings(), *sp) : nullptr) {
        stacks_.push_back({.mapping = mapping, .end = mapping->end, .thread = thread.address});
      }
      for (const Mapping& mapping : target.mappings()) {
        if (main && mapping.path == "[stack]") {
          stacks_.push_back({.mapping = &mapping, .end = mapping.end, .thread = thread.address});
        }
      }
    }
  }
  std::ranges::stable_sort(stacks_, {}, &Stack::end);
}

Address GreenletOwners::thread_with(Address stack) const {
  const Mapping* mapping = target::mapping_at(target_.mappings(), stack);
  const auto above = std::ranges::upper_bound(stacks_, stack, {}, &Stack::end);
  return mapping != nullptr && above != stacks_.end() && above->mapping == mapping ? above->thread : 0;
}

std::span<const std::size_t> GreenletOwners::suspended_in(Address thread) const {
  const auto known = suspended_.find(thread);
  return known == suspended_.end() ? std::span<const std::size_t>() : known->second;
}

}  // namespace stillframe::resolve
