#include "waits/process_locks.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "capture/stillness.h"
#include "cpython/stacks/interpreters.h"
#include "cpython/stacks/thread_names.h"
#include "resolve/frame_maker.h"
#include "resolve/native_ids.h"

namespace stillframe::waits {
namespace {

using cpython::Address;
using cpython::Semaphore;
using target::Tid;

// A chain of processes that wait for one another is followed so far, and so many processes are read.
constexpr std::size_t kMostPlaces = 16;
constexpr std::size_t kMostParties = 256;

// Where the semaphores of a process are: the files that sem_open() has made.
std::unordered_set<Address> semaphore_files(const target::Target& target) {
  std::unordered_set<Address> begins;
  for (const target::Mapping& mapping : target.mappings()) {
    if (mapping.inode != 0 && mapping.writable && mapping.path.contains("/sem.")) {
      begins.insert(mapping.begin);
    }
  }
  return begins;
}

}  // namespace

const target::Mapping* ProcessLocks::file_mapping_at(const target::Target& target, Address address) {
  const target::Mapping* mapping = target::mapping_at(target.mappings(), address);
  return mapping != nullptr && mapping->inode != 0 ? mapping : nullptr;
}

std::optional<ProcessLocks::Place> ProcessLocks::place_of(const target::Target& target, Address address) {
  const target::Mapping* mapping = file_mapping_at(target, address);
  return mapping == nullptr ? std::nullopt : std::optional(Place{mapping->device, mapping->inode});
}

void ProcessLocks::find(std::size_t resource, const Semaphore& semaphore) {
  const auto place = place_of(target_, semaphore.handle);
  if (!place && is_ours(resource, semaphore)) {
    return;  // a core, which does not know the others
  }
  if (!place || !shared_.try_emplace(*place, Shared{.ours = semaphore, .resource = resource}).second) {
    return;
  }
  if (!surroundings_) {
    surroundings_ = target_.surroundings();
  }
  to_do_ = {*place};
  while (!to_do_.empty()) {
    const Place next = to_do_.back();
    to_do_.pop_back();
    find_holders(next);
  }
}

// Whether one of our threads has it: then it is the resource's holder.
bool ProcessLocks::is_ours(std::size_t resource, const Semaphore& semaphore) {
  const auto tid = semaphore.count > 0 ? tid_of_(semaphore.last_thread) : std::nullopt;
  if (tid) {
    still_.resources[resource].holders.push_back(
        {.tid = tid, .certain = semaphore.is_lock(), .how = "its own count of the lock says so"});
  }
  return tid.has_value();
}

void ProcessLocks::find_holders(const Place& place) {
  const auto own = ours(place);
  if (own && is_ours(shared_.at(place).resource, *own)) {
    return;
  }
  bool all_known = true;
  const target::Sharers family = surroundings_->sharers(place.first, place.second, false);
  if (find_among(place, family, all_known)) {
    return;
  }
  const target::Sharers everybody = surroundings_->sharers(place.first, place.second, true);
  if (!find_among(place, everybody, all_known) && all_known && family.whole && everybody.whole) {
    tell_that_it_is_gone(place);
  }
}

// Those of the sharers that have acquired the semaphore; false: none has.
bool ProcessLocks::find_among(const Place& place, const target::Sharers& sharers, bool& all_known) {
  const std::size_t index = shared_.at(place).resource;
  for (const target::ProcessFacts& facts : sharers.processes) {
    Party* other = party(facts);
    const auto theirs = other == nullptr ? std::nullopt : semaphore_in(*other, place);
    all_known = all_known && theirs;
    if (!theirs || theirs->count <= 0) {
      continue;
    }
    const auto thread = holding_thread(*other, theirs->last_thread);
    still_.resources[index].holders.push_back({.certain = theirs->is_lock() && thread.has_value(),
                                               .how = "that process's own count of the lock says so",
                                               .other = thread});
    if (thread) {
      find_what_it_wants(*other, still_.others[*thread].thread);
    }
  }
  auto& holders = still_.resources[index].holders;
  // Who was forked with a lock that its parent had has its count as well.
  if (holders.size() > 1) {
    std::ranges::for_each(holders, [](model::Holder& holder) { holder.certain = false; });
  }
  return !holders.empty();
}

// Nobody who has the lock says that he holds it, and it is held.
void ProcessLocks::tell_that_it_is_gone(const Place& place) {
  const auto before = ours(place);
  const auto now = before ? cpython::semaphore_at(cpython::Objects(target_.memory(), runtime_.layout), before->object)
                          : std::nullopt;
  if (!now || !now->is_lock() || now->value != 0U || now->count != 0) {
    return;
  }
  std::size_t sharers = 1;
  for (auto& [pid, other] : parties_) {
    const auto known = std::ranges::find_if(
        other.semaphores, [&](const Semaphore& one) { return place_of(*other.target, one.handle) == place; });
    if (known == other.semaphores.end()) {
      continue;
    }
    ++sharers;
    const cpython::Layout& layout = other.runtime ? other.runtime->layout : runtime_.layout;
    const auto again = cpython::semaphore_at(cpython::Objects(other.target->memory(), layout), known->object);
    if (!again || again->count != 0) {
      return;  // somebody has just taken it
    }
  }
  still_.resources[shared_.at(place).resource].holders.push_back(
      {.how = sharers == 1 ? std::string("no other process has it any more, and this one does not hold it")
                           : fmt::format("none of the {} processes that have it holds it", sharers)});
}

ProcessLocks::Party* ProcessLocks::party(const target::ProcessFacts& facts) {
  const auto known = parties_.find(facts.pid);
  if (known != parties_.end()) {
    return known->second.target ? &known->second : nullptr;
  }
  if (parties_.size() >= kMostParties) {
    return nullptr;
  }
  Party& made = parties_[facts.pid];
  made.facts = facts;
  made.target = surroundings_->other(facts.pid);
  if (made.target) {
    made.memory = std::make_unique<memory::CapturedMemory>(made.target->memory());
  }
  return made.target ? &made : nullptr;
}

// A fork has the object where we have it; else it is searched for.
std::optional<Semaphore> ProcessLocks::semaphore_in(Party& party, const Place& place) {
  const auto fits = [&](const Semaphore& one) { return place_of(*party.target, one.handle) == place; };
  if (const auto& own = shared_.at(place).ours) {
    const auto same = cpython::semaphore_at(cpython::Objects(*party.memory, runtime_.layout), own->object);
    if (same && fits(*same)) {
      party.semaphores.push_back(*same);
      return same;
    }
  }
  if (!party.searched && discover(party)) {
    party.searched = true;
    const cpython::Objects objects(*party.memory, party.runtime->layout);
    std::ranges::move(cpython::find_semaphores(*party.target, objects, semaphore_files(*party.target)),
                      std::back_inserter(party.semaphores));
  }
  std::optional<Semaphore> found;
  for (const Semaphore& one : party.semaphores) {
    if (fits(one) && (!found || one.count > found->count)) {
      found = one;
    }
  }
  return found;
}

bool ProcessLocks::discover(Party& party) {
  if (!party.runtime) {
    auto runtime = cpython::discover(*party.target, *party.memory, {});
    party.runtime = runtime ? std::move(*runtime) : cpython::Runtime{};
  }
  return party.runtime->present();
}

// The thread with that ident, put among the still's others.
std::optional<std::size_t> ProcessLocks::holding_thread(Party& party, std::uint64_t ident) {
  const auto threads = discover(party) ? party.target->threads() : Result<std::vector<target::ThreadInfo>>();
  if (!threads || threads->empty()) {
    return std::nullopt;
  }
  const cpython::Objects objects(*party.memory, party.runtime->layout);
  cpython::CodeCache codes(objects, party.runtime->code_type);
  cpython::RawProcess process = cpython::InterpreterReader(objects, *party.runtime, codes).read();
  const auto tids = resolve::match_threads(process, *party.target, *party.memory, *threads);
  for (cpython::RawInterpreter& interpreter : process.interpreters) {
    const auto raw = std::ranges::find(interpreter.threads, ident, &cpython::RawThread::thread_id);
    const auto tid = raw == interpreter.threads.end() ? tids.end() : tids.find(raw->address);
    if (tid == tids.end()) {
      continue;
    }
    const auto [known, fresh] = party.threads.try_emplace(tid->second, still_.others.size());
    if (!fresh) {
      return known->second;
    }
    if (const auto table = cpython::find_thread_table(objects, interpreter.address)) {
      cpython::read_thread_names(objects, *table, interpreter);
    }
    model::OtherThread other{.process = {.pid = party.facts.pid, .name = party.facts.name, .state = party.facts.state}};
    other.thread.tid = tid->second;
    other.thread.name = raw->name;
    if (const auto info = std::ranges::find(*threads, tid->second, &target::ThreadInfo::tid); info != threads->end()) {
      other.thread.os_state = info->state;
    }
    if (capture::asleep(other.thread.os_state)) {
      other.thread.system_call = party.target->syscall(tid->second);
    }
    resolve::FrameMaker frames(party.runtime->version, still_);
    for (const cpython::RawFrame& frame : std::views::reverse(raw->chain.frames)) {
      other.thread.frames.push_back(frames.make(frame));
    }
    still_.others.push_back(std::move(other));
    return known->second;
  }
  return std::nullopt;
}

void ProcessLocks::find_what_it_wants(Party& party, model::Thread& thread) {
  if (thread.wants || !thread.system_call || !capture::is_futex_wait(*thread.system_call)) {
    return;
  }
  const Address futex = thread.system_call->arguments[0];
  const target::Mapping* mapping = file_mapping_at(*party.target, futex);
  const auto place = place_of(*party.target, futex);
  // No other memory that is shared is followed: only who has the semaphore can be told to hold it.
  if (place && mapping->path.contains("/sem.") && (shared_.contains(*place) || shared_.size() < kMostPlaces)) {
    thread.wants = model::ResourceWait{.resource = resource_of(*place), .call = "Lock.acquire"};
  }
}

std::size_t ProcessLocks::resource_of(const Place& place) {
  const auto [known, fresh] = shared_.try_emplace(place, Shared{.resource = still_.resources.size()});
  if (fresh) {
    known->second.ours = ours(place);
    const Address address = known->second.ours ? known->second.ours->object : 0;
    still_.resources.push_back({.kind = model::ResourceKind::process_lock, .address = address});
    added_.push_back(known->second.resource);
    to_do_.push_back(place);
  }
  return known->second.resource;
}

std::optional<Semaphore> ProcessLocks::ours(const Place& place) {
  const auto known = shared_.find(place);
  if (known != shared_.end() && known->second.ours) {
    return known->second.ours;
  }
  if (!ours_) {
    ours_ = cpython::find_semaphores(target_, objects_, semaphore_files(target_));
  }
  std::optional<Semaphore> found;
  for (const Semaphore& one : *ours_) {
    if (place_of(target_, one.handle) == place && (!found || one.count > found->count)) {
      found = one;
    }
  }
  return found;
}

}  // namespace stillframe::waits
