#include "waits/python_waits.h"

#include <fmt/format.h>

#include <algorithm>

#include "cpython/sync/object_mutexes.h"

namespace stillframe::waits {
namespace {

using cpython::Address;
using cpython::LockObject;
using cpython::RawFrame;
using model::ResourceKind;
using target::Tid;

// Names of a module that are looked through for what the waiting code calls a lock.
constexpr std::uint64_t kMostWaitNames = 512;
// Calls of the library between the one that waits and the program's own.
constexpr std::size_t kMostLibraryCalls = 16;

}  // namespace

PythonWaits::PythonWaits(const memory::MemorySource& memory, const target::Target& target,
                         const cpython::Runtime& runtime, const cpython::Redaction& redaction,
                         capture::ResourceOption wish, WaitGraphBuilder& book, model::Still& still)
    : still_(still),
      book_(book),
      objects_(memory, runtime.layout),
      types_(objects_, cpython::Types::Purpose::recognition),
      variables_(objects_, kMostWaitNames),
      locks_(objects_, types_),
      names_(objects_, types_, variables_),
      calls_(types_, variables_),
      usage_(target, objects_, names_),
      holders_(book.threads(), objects_, locks_, variables_, usage_),
      process_locks_(
          target, objects_, runtime, [this](std::uint64_t ident) { return book_.tid_of(ident); }, still),
      described_(objects_, types_, variables_, names_, redaction, wish) {}

void PythonWaits::find(const KnownThread& thread) {
  const auto& frames = thread.raw->chain.frames;
  const Address futex = thread.shown->system_call->arguments[0];
  std::vector<WaitingCall> waiting;
  for (std::size_t i = 0; i < std::min(frames.size(), kMostLibraryCalls); ++i) {
    if (const auto wait = calls_.wait_of(frames[i])) {
      waiting.push_back({.wait = *wait, .frame = i});
    }
  }
  if (!waiting.empty() && !sleeps_in_lock_of(frames, futex, waiting)) {
    want_object(thread, waiting.back().wait, waiting.back().frame);
    return;
  }
  if (!frames.empty()) {
    want_lock(thread, futex, waiting.empty() ? "Lock.acquire" : waiting.back().wait.call->words);
  }
}

// A call such as Queue.get first takes the lock of its queue: who sleeps there waits for that lock, not for an item.
// `waiting` has the innermost call first.
bool PythonWaits::sleeps_in_lock_of(const std::vector<RawFrame>& frames, Address futex,
                                    const std::vector<WaitingCall>& waiting) {
  const cpython::LibraryCall& library = *waiting.back().wait.call;
  if (library.kind == ResourceKind::thread || library.kind == ResourceKind::import_lock ||
      (library.counts && waiting.back().frame == 0)) {
    return false;
  }
  // What waits for somebody's notification sleeps on a lock of its own, made for this wait (Condition.wait).
  for (const WaitingCall& one : waiting) {
    if (one.wait.call->kind == ResourceKind::condition) {
      const auto [known, fresh] = locks_of_conditions_.try_emplace(one.wait.object);
      auto& found = known->second;
      const auto lock = fresh ? objects_.instance_attribute(one.wait.object, "_lock") : std::nullopt;
      if (lock) {
        found = locks_.locks_behind(*lock);
      }
      return std::ranges::any_of(found, [&](const LockObject& behind) { return locks_.is_waited_for(behind, futex); });
    }
  }
  return frames.front().code != nullptr && locks_.waited_for_in(frames.front(), futex, variables_).has_value();
}

void PythonWaits::want_lock(const KnownThread& thread, Address futex, std::string_view call) {
  const auto& frames = thread.raw->chain.frames;
  for (std::size_t i = 0; i < std::min<std::size_t>(frames.size(), 3); ++i) {
    const auto lock = locks_.waited_for_in(frames[i], futex, variables_);
    if (!lock) {
      continue;
    }
    if (lock->type == cpython::LockType::semaphore) {
      want_semaphore(thread, lock->address, call, i);
      return;
    }
    if (lock->type == cpython::LockType::queue) {
      want_simple_queue(thread, lock->address, i);
      return;
    }
    const bool plain = lock->type == cpython::LockType::plain;
    const auto [index, fresh] = book_.enter(plain ? ResourceKind::lock : ResourceKind::rlock, lock->address);
    if (fresh) {
      described_.describe(still_.resources[index], frames[i]);
      add_owner(index, *lock);
    }
    thread.shown->wants = model::ResourceWait{.resource = index,
                                              .call = std::string(call),
                                              .frame = shown_frame(*thread.shown, i),
                                              .gives_back = usage_.gives_back(frames, i, lock->address)};
    return;
  }
  if (objects_.dialect().sync.parking_lot) {
    want_parked(thread, futex);
  }
}

// What else threads are parked on: the end of another thread (as in threading._shutdown), the mutex of an
// object, that all threads may run again.
void PythonWaits::want_parked(const KnownThread& thread, Address futex) {
  const auto parked = cpython::parked_on(objects_.memory(), futex);
  if (!parked) {
    return;
  }
  if (cpython::waits_for_the_world(objects_, thread.raw->address, *parked)) {
    want_from_the_interpreter(thread, ResourceKind::stop_the_world, 0);
    return;
  }
  if (const auto object = cpython::object_of_mutex(objects_, types_, *parked)) {
    want_from_the_interpreter(thread, ResourceKind::object_mutex, *object);
    return;
  }
  const auto ident = cpython::awaited_thread(objects_.memory(), *parked);
  if (const auto tid = ident ? book_.tid_of(*ident) : std::nullopt) {
    want_thread(thread, *parked, tid, 0);
  }
}

void PythonWaits::want_from_the_interpreter(const KnownThread& thread, ResourceKind kind, Address object) {
  const auto [index, fresh] = book_.enter(kind, object);
  if (fresh) {
    ownerless_.push_back(index);
    object == 0 ? void() : described_.describe(still_.resources[index], thread.raw->chain.frames.front());
  }
  thread.shown->wants = model::ResourceWait{
      .resource = index, .call = "the interpreter's own code", .frame = shown_frame(*thread.shown, 0)};
}

void PythonWaits::want_simple_queue(const KnownThread& thread, Address queue, std::size_t frame) {
  const auto [index, fresh] = book_.enter(ResourceKind::queue, queue);
  if (fresh) {
    described_.describe(still_.resources[index], thread.raw->chain.frames[frame]);
  }
  thread.shown->wants =
      model::ResourceWait{.resource = index, .call = "SimpleQueue.get", .frame = shown_frame(*thread.shown, frame)};
}

// A lock of multiprocessing, or one of its semaphores that count.
void PythonWaits::want_semaphore(const KnownThread& thread, Address lock, std::string_view call, std::size_t frame) {
  const auto semaphore = cpython::semaphore_at(objects_, lock);
  if (!semaphore) {
    return;
  }
  const auto kind = semaphore->is_lock() ? ResourceKind::process_lock : ResourceKind::semaphore;
  const auto [index, fresh] = book_.enter(kind, lock);
  if (fresh) {
    described_.describe(still_.resources[index], thread.raw->chain.frames[frame]);
    described_.name_semaphore(still_.resources[index], thread.raw->chain.frames);
    process_locks_.find(index, *semaphore);
    name_what_others_want();
    ownerless_.push_back(index);
  }
  thread.shown->wants =
      model::ResourceWait{.resource = index, .call = std::string(call), .frame = shown_frame(*thread.shown, frame)};
}

// Other processes wait for semaphores that ours hold: as the thread that does calls them.
void PythonWaits::name_what_others_want() {
  for (; named_ < process_locks_.added().size(); ++named_) {
    const std::size_t index = process_locks_.added()[named_];
    model::Resource& wanted = still_.resources[index];
    book_.note(index);
    ownerless_.push_back(index);
    for (const KnownThread& thread : book_.threads()) {
      const bool holds =
          std::ranges::find(wanted.holders, thread.shown->tid, &model::Holder::tid) != wanted.holders.end();
      if (holds && thread.shown->tid) {
        described_.name_semaphore(wanted, thread.raw->chain.frames);
      }
    }
  }
}

void PythonWaits::want_thread(const KnownThread& thread, Address address, std::optional<Tid> tid, std::size_t frame) {
  const auto [index, fresh] = book_.enter(ResourceKind::thread, address);
  if (fresh) {
    model::Resource& made = still_.resources[index];
    made.type = "threading.Thread";
    if (tid) {
      const auto other = std::ranges::find(still_.threads, tid, &model::Thread::tid);
      made.name =
          fmt::format("{}{}", *tid, other != still_.threads.end() && other->name ? " \"" + *other->name + "\"" : "");
      made.holders = {{.tid = tid, .certain = true, .how = "it is that thread"}};
    }
  }
  thread.shown->wants =
      model::ResourceWait{.resource = index, .call = "Thread.join", .frame = shown_frame(*thread.shown, frame)};
}

void PythonWaits::want_object(const KnownThread& thread, const cpython::LibraryWait& wait, std::size_t outermost) {
  const auto& frames = thread.raw->chain.frames;
  const std::size_t behind = std::min(outermost + 1, frames.size() - 1);
  if (wait.call->kind == ResourceKind::thread) {
    auto ident = objects_.instance_attribute(wait.object, "_ident");
    ident = ident ? ident : objects_.instance_attribute(wait.object, "_Thread__ident");
    const auto number = ident ? objects_.integer(*ident) : std::nullopt;
    want_thread(thread, wait.object, number ? book_.tid_of(*number) : std::nullopt, behind);
    return;
  }
  const auto [index, fresh] = book_.enter(wait.call->kind, wait.object);
  if (fresh) {
    described_.describe(still_.resources[index], frames[behind], wait.call->type);
    if (wait.call->kind == ResourceKind::import_lock) {
      add_importer(index, wait.object);
    } else if (wait.call->kind == ResourceKind::semaphore || wait.call->kind == ResourceKind::future) {
      ownerless_.push_back(index);
    }
  }
  const bool taken = wait.call->kind == ResourceKind::semaphore;
  thread.shown->wants =
      model::ResourceWait{.resource = index,
                          .call = std::string(wait.call->words),
                          .frame = shown_frame(*thread.shown, behind),
                          .gives_back = taken ? usage_.gives_back(frames, behind, wait.object) : std::nullopt};
}

// _ModuleLock of Lib/importlib/_bootstrap.py: the ident of the thread that imports, and the name of the module.
void PythonWaits::add_importer(std::size_t index, Address lock) {
  const auto owner = objects_.instance_attribute(lock, "owner");
  const auto ident = owner ? objects_.integer(*owner) : std::nullopt;
  const auto name = objects_.instance_attribute(lock, "name");
  model::Resource& made = still_.resources[index];
  made.name = name ? objects_.text(*name) : std::nullopt;
  if (ident) {
    book_.add_holder(made, *ident, "it imports the module");
  }
}

void PythonWaits::add_owner(std::size_t index, const LockObject& lock) {
  const cpython::LockOwner owner = locks_.owner_of(lock);
  if (owner.known && owner.ident != 0) {
    book_.add_holder(still_.resources[index], owner.ident, "the lock names its owner");
  }
  ownerless_.push_back(index);  // the place where it was taken is looked for all the same
}

void PythonWaits::find_holders() {
  for (const std::size_t index : ownerless_) {
    holders_.find(still_.resources[index], index);
    forget_who_waits_for_a_bell(index);
  }
}

// That a thread has taken a lock of multiprocessing, its count says; not that it is the one to give it back. Where it
// waits for the lock itself and no call is seen that does, another process is to release it.
void PythonWaits::forget_who_waits_for_a_bell(std::size_t index) {
  model::Resource& resource = still_.resources[index];
  const auto semaphore =
      resource.kind == ResourceKind::process_lock ? cpython::semaphore_at(objects_, resource.address) : std::nullopt;
  if (!semaphore || semaphore->recursive) {
    return;  // an RLock is let go of by nobody else
  }
  std::erase_if(resource.holders, [&](const model::Holder& holder) {
    return holder.tid && !holder.frame && std::ranges::any_of(book_.threads(), [&](const KnownThread& one) {
             return one.shown->tid == holder.tid && one.shown->wants && one.shown->wants->resource == index;
           });
  });
}

}  // namespace stillframe::waits
