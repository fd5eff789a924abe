#include "photograph/resources.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <ranges>
#include <unordered_set>
#include <vector>

#include "cpython/sync/library_calls.h"
#include "cpython/sync/lock_objects.h"
#include "cpython/sync/object_mutexes.h"
#include "cpython/sync/object_names.h"
#include "native/pthread_locks.h"
#include "photograph/lock_holders.h"
#include "photograph/native_holders.h"
#include "photograph/process_locks.h"
#include "photograph/resource_names.h"
#include "photograph/still_memory.h"
#include "photograph/stillness.h"

namespace stillframe::photograph {
namespace {

using cpython::Address;
using cpython::LockObject;
using cpython::RawFrame;
using cpython::RawThread;
using model::ResourceKind;
using target::Tid;

// Names of a module that are looked through for what the waiting code calls a lock.
constexpr std::uint64_t kMostNames = 512;
// Calls of the library between the one that waits and the program's own.
constexpr std::size_t kMostLibraryCalls = 16;

class Finder {
 public:
  Finder(const Negative& negative, const target::Target& target, const std::unordered_map<Address, Tid>& tids,
         const cpython::Runtime& runtime, const cpython::Redaction& redaction, model::Still& still)
      : negative_(negative),
        target_(target),
        runtime_(runtime),
        still_(still),
        memory_(*negative.copied),
        objects_(memory_, runtime.layout),
        types_(objects_),
        variables_(objects_, kMostNames),
        locks_(objects_, types_),
        names_(objects_, types_, variables_),
        calls_(types_, variables_),
        holders_(target, threads_, objects_, locks_, variables_, names_),
        process_locks_(
            target, objects_, runtime, [this](std::uint64_t ident) { return tid_of(ident); }, still),
        described_(objects_, types_, variables_, names_, redaction) {
    std::map<std::pair<std::optional<std::int64_t>, std::optional<std::int64_t>>, model::Thread*> shown;
    for (model::Thread& thread : still.threads) {
      shown.try_emplace({thread.tid, thread.interpreter}, &thread);
    }
    for (const auto& interpreter : negative.process.interpreters) {
      for (const RawThread& thread : interpreter.threads) {
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
    for (const target::ThreadInfo& thread : negative.threads) {
      inner_tids_.push_back(thread.inner_tid);
    }
  }

  void find() {
    for (const KnownThread& thread : threads_) {
      if (thread.shown->waits_for_gil == true) {
        wait_for_gil(*thread.shown);
      } else if (sleeps_on_futex(*thread.shown)) {
        find_wait(thread);
      }
    }
    for (model::Thread& thread : still_.threads) {
      if (!thread.wants && thread.waits_for_gil != true && sleeps_on_futex(thread)) {
        find_native_wait(thread);
      }
    }
    for (const std::size_t index : ownerless_) {
      holders_.find(still_.resources[index]);
    }
    find_native_holders(still_);
  }

 private:
  static bool sleeps_on_futex(const model::Thread& thread) {
    return thread.system_call && is_futex_wait(*thread.system_call);
  }

  [[nodiscard]] std::optional<Tid> tid_of(std::uint64_t ident) const {
    const auto known = by_ident_.find(ident);
    return known == by_ident_.end() ? std::nullopt : std::optional(known->second);
  }

  // The index of a resource, made if it is not yet known.
  std::pair<std::size_t, bool> resource(ResourceKind kind, Address address) {
    const auto [known, fresh] = by_address_.try_emplace({kind, address}, still_.resources.size());
    if (fresh) {
      still_.resources.push_back({.kind = kind, .address = address});
    }
    return {known->second, fresh};
  }

  void wait_for_gil(model::Thread& thread) {
    const auto interpreter =
        std::ranges::find(negative_.process.interpreters, thread.interpreter.value_or(0), &cpython::RawInterpreter::id);
    const auto shown = std::ranges::find(still_.interpreters, thread.interpreter.value_or(0), &model::Interpreter::id);
    if (interpreter == negative_.process.interpreters.end() || shown == still_.interpreters.end()) {
      return;
    }
    const auto [index, fresh] = resource(ResourceKind::gil, interpreter->gil);
    if (fresh && shown->gil && shown->gil->holder_tid) {
      still_.resources[index].holders = {
          {.tid = shown->gil->holder_tid, .certain = true, .how = "the interpreter says so"}};
    }
    thread.wants = model::ResourceWait{.resource = index, .call = "the GIL"};
  }

  void find_wait(const KnownThread& thread) {
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

  // A call of the library that waits, and its number from the innermost call on.
  struct WaitingCall {
    cpython::LibraryWait wait;
    std::size_t frame = 0;
  };

  // A call such as Queue.get first takes the lock of its queue: who sleeps there waits for that lock, not for an item.
  // `waiting` has the innermost call first.
  bool sleeps_in_lock_of(const std::vector<RawFrame>& frames, Address futex, const std::vector<WaitingCall>& waiting) {
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
        return std::ranges::any_of(found,
                                   [&](const LockObject& behind) { return locks_.is_waited_for(behind, futex); });
      }
    }
    return frames.front().code != nullptr && locks_.waited_for_in(frames.front(), futex, variables_).has_value();
  }

  void want_lock(const KnownThread& thread, Address futex, std::string_view call) {
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
      const auto [index, fresh] = resource(plain ? ResourceKind::lock : ResourceKind::rlock, lock->address);
      if (fresh) {
        described_.describe(still_.resources[index], frames[i]);
        add_owner(index, *lock);
      }
      thread.shown->wants =
          model::ResourceWait{.resource = index, .call = std::string(call), .frame = shown_frame(*thread.shown, i)};
      return;
    }
    if (runtime_.version >= cpython::PythonVersion{3, 13, 0}) {
      want_parked(thread, futex);
    }
  }

  // 3.13+: what else threads are parked on: the end of another thread (as in threading._shutdown), the mutex of an
  // object, that all threads may run again.
  void want_parked(const KnownThread& thread, Address futex) {
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
    if (const auto tid = ident ? by_ident_.find(*ident) : by_ident_.end(); tid != by_ident_.end()) {
      want_thread(thread, *parked, tid->second, 0);
    }
  }

  void want_from_the_interpreter(const KnownThread& thread, ResourceKind kind, Address object) {
    const auto [index, fresh] = resource(kind, object);
    if (fresh) {
      ownerless_.push_back(index);
      object == 0 ? void() : described_.describe(still_.resources[index], thread.raw->chain.frames.front());
    }
    thread.shown->wants = model::ResourceWait{
        .resource = index, .call = "the interpreter's own code", .frame = shown_frame(*thread.shown, 0)};
  }

  void want_simple_queue(const KnownThread& thread, Address queue, std::size_t frame) {
    const auto [index, fresh] = resource(ResourceKind::queue, queue);
    if (fresh) {
      described_.describe(still_.resources[index], thread.raw->chain.frames[frame]);
    }
    thread.shown->wants =
        model::ResourceWait{.resource = index, .call = "SimpleQueue.get", .frame = shown_frame(*thread.shown, frame)};
  }

  // A lock of multiprocessing, or one of its semaphores that count.
  void want_semaphore(const KnownThread& thread, Address lock, std::string_view call, std::size_t frame) {
    const auto semaphore = cpython::semaphore_at(objects_, lock);
    if (!semaphore) {
      return;
    }
    const auto kind = semaphore->is_lock() ? ResourceKind::process_lock : ResourceKind::semaphore;
    const auto [index, fresh] = resource(kind, lock);
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
  void name_what_others_want() {
    for (; named_ < process_locks_.added().size(); ++named_) {
      const std::size_t index = process_locks_.added()[named_];
      model::Resource& wanted = still_.resources[index];
      by_address_.try_emplace({wanted.kind, wanted.address}, index);
      ownerless_.push_back(index);
      for (const KnownThread& thread : threads_) {
        const bool holds =
            std::ranges::find(wanted.holders, thread.shown->tid, &model::Holder::tid) != wanted.holders.end();
        if (holds && thread.shown->tid) {
          described_.name_semaphore(wanted, thread.raw->chain.frames);
        }
      }
    }
  }

  void want_thread(const KnownThread& thread, Address address, std::optional<Tid> tid, std::size_t frame) {
    const auto [index, fresh] = resource(ResourceKind::thread, address);
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

  void want_object(const KnownThread& thread, const cpython::LibraryWait& wait, std::size_t outermost) {
    const auto& frames = thread.raw->chain.frames;
    const std::size_t behind = std::min(outermost + 1, frames.size() - 1);
    if (wait.call->kind == ResourceKind::thread) {
      auto ident = objects_.instance_attribute(wait.object, "_ident");
      ident = ident ? ident : objects_.instance_attribute(wait.object, "_Thread__ident");
      const auto number = ident ? objects_.integer(*ident) : std::nullopt;
      const auto tid = number ? by_ident_.find(*number) : by_ident_.end();
      want_thread(thread, wait.object, tid == by_ident_.end() ? std::nullopt : std::optional(tid->second), behind);
      return;
    }
    const auto [index, fresh] = resource(wait.call->kind, wait.object);
    if (fresh) {
      described_.describe(still_.resources[index], frames[behind]);
      if (wait.call->kind == ResourceKind::import_lock) {
        add_importer(index, wait.object);
      } else if (wait.call->kind == ResourceKind::semaphore || wait.call->kind == ResourceKind::future) {
        ownerless_.push_back(index);
      }
    }
    thread.shown->wants = model::ResourceWait{
        .resource = index, .call = std::string(wait.call->words), .frame = shown_frame(*thread.shown, behind)};
  }

  // _ModuleLock of Lib/importlib/_bootstrap.py: the ident of the thread that imports, and the name of the module.
  void add_importer(std::size_t index, Address lock) {
    const auto owner = objects_.instance_attribute(lock, "owner");
    const auto ident = owner ? objects_.integer(*owner) : std::nullopt;
    const auto name = objects_.instance_attribute(lock, "name");
    model::Resource& made = still_.resources[index];
    made.name = name ? objects_.text(*name) : std::nullopt;
    if (ident) {
      add_holder(made, *ident, "it imports the module");
    }
  }

  void add_holder(model::Resource& to, std::uint64_t ident, std::string_view how) {
    const auto tid = tid_of(ident);
    // Without a thread it is one that has ended: but not where the kernel's id of one that is here is unknown, and
    // not for certain where threads may have come since.
    if (tid || !idents_.contains(ident)) {
      to.holders.push_back({.tid = tid, .certain = tid || !threads_have_come(), .how = std::string(how)});
    }
  }

  // Whether the process has threads that the still has not.
  bool threads_have_come() {
    if (!have_come_) {
      const auto now = target_.threads();
      have_come_ = !now || std::ranges::any_of(*now, [&](const target::ThreadInfo& one) {
        return std::ranges::find(negative_.threads, one.tid, &target::ThreadInfo::tid) == negative_.threads.end();
      });
    }
    return *have_come_;
  }

  void add_owner(std::size_t index, const LockObject& lock) {
    const cpython::LockOwner owner = locks_.owner_of(lock);
    if (owner.known && owner.ident != 0) {
      add_holder(still_.resources[index], owner.ident, "the lock names its owner");
    }
    ownerless_.push_back(index);  // the place where it was taken is looked for all the same
  }

  void find_native_wait(model::Thread& thread) {
    const auto mutex = native::waited_mutex(objects_.memory(), *thread.system_call, inner_tids_);
    const auto lock = native::waited_lock(objects_.memory(), thread, mutex, inner_tids_);
    if (!lock) {
      return;
    }
    const auto [index, fresh] = resource(lock->kind, lock->address);
    if (fresh && lock->owner != 0) {
      const auto owner = std::ranges::find(negative_.threads, lock->owner, &target::ThreadInfo::inner_tid);
      still_.resources[index].holders = {
          {.tid = owner == negative_.threads.end() ? std::nullopt : std::optional(owner->tid),
           .certain = true,
           .how = "the lock names its owner"}};
    }
    still_.resources[index].type = native::type_of(lock->kind);
    thread.wants = model::ResourceWait{.resource = index, .call = "a lock of C code"};
  }

  const Negative& negative_;
  const target::Target& target_;
  const cpython::Runtime& runtime_;
  model::Still& still_;
  StillMemory memory_;
  const cpython::Objects objects_;
  cpython::Types types_;
  cpython::Variables variables_;
  cpython::LockObjects locks_;
  cpython::ObjectNames names_;
  cpython::LibraryCalls calls_;
  std::vector<KnownThread> threads_;
  LockHolders holders_;
  ProcessLocks process_locks_;
  std::unordered_map<Address, std::vector<LockObject>> locks_of_conditions_;  // which many threads may wait for
  std::size_t named_ = 0;                                                     // of those that process_locks_ has added
  ResourceNames described_;
  std::unordered_map<std::uint64_t, Tid> by_ident_;
  std::unordered_set<std::uint64_t> idents_;  // of all threads, also where the kernel's id is not known
  std::optional<bool> have_come_;
  std::vector<Tid> inner_tids_;
  std::map<std::pair<ResourceKind, Address>, std::size_t> by_address_;
  std::vector<std::size_t> ownerless_;
};

}  // namespace

void add_resources(const Negative& negative, const target::Target& target, const std::unordered_map<Address, Tid>& tids,
                   const cpython::Runtime& runtime, const cpython::Redaction& redaction, model::Still& still) {
  const bool any = std::ranges::any_of(still.threads, [](const model::Thread& thread) {
    return thread.waits_for_gil == true || (thread.system_call && is_futex_wait(*thread.system_call));
  });
  if (any) {
    Finder(negative, target, tids, runtime, redaction, still).find();
  }
}

}  // namespace stillframe::photograph
