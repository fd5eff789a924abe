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
#include "cpython/sync/object_names.h"
#include "cpython/values/printer.h"
#include "native/pthread_locks.h"
#include "photograph/lock_holders.h"
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
         const cpython::Runtime& runtime, model::Still& still)
      : negative_(negative),
        runtime_(runtime),
        still_(still),
        memory_(negative.objects->memory()),
        objects_(memory_, runtime.layout),
        types_(objects_),
        variables_(objects_, kMostNames),
        locks_(objects_, types_),
        names_(objects_, types_, variables_),
        holders_(target, threads_, objects_, locks_, variables_, names_),
        redaction_(cpython::Redaction::usual()),
        printer_(objects_, types_, limits_, redaction_) {
    for (const auto& interpreter : negative.process.interpreters) {
      for (const RawThread& thread : interpreter.threads) {
        const auto tid = tids.find(thread.address);
        if (tid == tids.end()) {
          continue;
        }
        by_ident_.try_emplace(thread.thread_id, tid->second);
        if (model::Thread* shown = shown_thread(tid->second, interpreter.id)) {
          threads_.push_back({.shown = shown, .raw = &thread});
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
  }

 private:
  static bool sleeps_on_futex(const model::Thread& thread) {
    return thread.system_call && is_futex_wait(*thread.system_call);
  }

  model::Thread* shown_thread(Tid tid, std::int64_t interpreter) {
    const auto found = std::ranges::find_if(still_.threads, [&](const model::Thread& thread) {
      return thread.tid == tid && thread.interpreter == interpreter;
    });
    return found == still_.threads.end() ? nullptr : &*found;
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
    std::size_t outermost = 0;
    std::optional<cpython::LibraryWait> library;
    for (std::size_t i = 0; i < std::min(frames.size(), kMostLibraryCalls); ++i) {
      if (const auto wait = cpython::library_wait(types_, variables_, frames[i])) {
        library = wait;
        outermost = i;
      }
    }
    if (library && !sleeps_in_lock_of(frames, futex, *library, outermost)) {
      want_object(thread, *library, outermost);
      return;
    }
    if (!frames.empty()) {
      want_lock(thread, futex);
    }
  }

  // A call such as Queue.get first takes the lock of its queue: who sleeps there waits for that lock, not for an item.
  bool sleeps_in_lock_of(const std::vector<RawFrame>& frames, Address futex, const cpython::LibraryWait& library,
                         std::size_t outermost) {
    if (library.call->kind == ResourceKind::thread || library.call->kind == ResourceKind::import_lock) {
      return false;
    }
    // What waits for somebody's notification sleeps on a lock of its own, made for this wait (Condition.wait).
    for (std::size_t i = 0; i <= outermost; ++i) {
      const auto wait = cpython::library_wait(types_, variables_, frames[i]);
      if (wait && wait->call->kind == ResourceKind::condition) {
        const auto lock = objects_.instance_attribute(wait->object, "_lock");
        const auto found = lock ? locks_.as_lock(*lock) : std::nullopt;
        return found && waits_for(*found, futex);
      }
    }
    return frames.front().code != nullptr && lock_in(frames.front(), futex).has_value();
  }

  // A lock that is written in Python has one of C code, for which threads wait.
  bool waits_for(const LockObject& lock, Address futex) {
    if (lock.type != cpython::LockType::python_recursive) {
      return locks_.is_waited_for(lock, futex);
    }
    auto block = objects_.instance_attribute(lock.address, "_block");
    block = block ? block : objects_.instance_attribute(lock.address, "_RLock__block");
    const auto inner = block ? locks_.as_lock(*block) : std::nullopt;
    return inner && locks_.is_waited_for(*inner, futex);
  }

  // The lock on a frame's stack, or among its variables, that belongs to a futex.
  std::optional<LockObject> lock_in(const RawFrame& frame, Address futex) {
    std::unordered_set<Address> seen;
    const auto look_at = [&](Address object) -> std::optional<LockObject> {
      if (object == 0 || !seen.insert(object).second) {
        return std::nullopt;
      }
      for (const LockObject& lock : locks_.locks_behind(object)) {
        if (waits_for(lock, futex)) {
          return lock;
        }
      }
      return std::nullopt;
    };
    for (const Address object : cpython::whole_stack_of(objects_, frame)) {
      if (const auto found = look_at(object)) {
        return found;
      }
    }
    for (const cpython::Variable& variable : variables_.read(frame).list) {
      if (const auto found = look_at(variable.value)) {
        return found;
      }
    }
    return std::nullopt;
  }

  void want_lock(const KnownThread& thread, Address futex) {
    const auto& frames = thread.raw->chain.frames;
    for (std::size_t i = 0; i < std::min<std::size_t>(frames.size(), 3); ++i) {
      const auto lock = lock_in(frames[i], futex);
      if (!lock) {
        continue;
      }
      const bool plain = lock->type == cpython::LockType::plain || lock->type == cpython::LockType::semaphore;
      const auto [index, fresh] = resource(plain ? ResourceKind::lock : ResourceKind::rlock, lock->address);
      if (fresh) {
        describe(still_.resources[index], frames[i]);
        add_owner(index, *lock);
      }
      thread.shown->wants =
          model::ResourceWait{.resource = index, .call = "Lock.acquire", .frame = shown_frame(*thread.shown, i)};
      return;
    }
    // 3.13+: the thread is parked until another one ends, as in threading._shutdown.
    const auto parked = cpython::parked_on(objects_.memory(), futex);
    const auto ident = parked ? cpython::awaited_thread(objects_.memory(), *parked) : std::nullopt;
    if (const auto tid = ident ? by_ident_.find(*ident) : by_ident_.end();
        runtime_.version >= cpython::PythonVersion{3, 13, 0} && tid != by_ident_.end()) {
      want_thread(thread, *parked, tid->second, 0);
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
      describe(still_.resources[index], frames[behind]);
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
    const auto tid = by_ident_.find(ident);
    to.holders.push_back({.tid = tid == by_ident_.end() ? std::nullopt : std::optional(tid->second),
                          .certain = true,
                          .how = std::string(how)});
  }

  void add_owner(std::size_t index, const LockObject& lock) {
    const cpython::LockOwner owner = locks_.owner_of(lock);
    if (owner.known && owner.ident != 0) {
      add_holder(still_.resources[index], owner.ident, "the lock names its owner");
    }
    ownerless_.push_back(index);  // the place where it was taken is looked for all the same
  }

  void describe(model::Resource& into, const RawFrame& frame) {
    const auto written = printer_.write(into.address);
    into.type = written.type;
    if (written.readable) {
      into.state = written.text;
    }
    into.name = names_.find(frame, into.address);
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
    if (lock->kind == ResourceKind::mutex || lock->kind == ResourceKind::rwlock) {
      still_.resources[index].type = lock->kind == ResourceKind::mutex ? "pthread_mutex_t" : "pthread_rwlock_t";
    }
    thread.wants = model::ResourceWait{.resource = index, .call = "a lock of C code"};
  }

  const Negative& negative_;
  const cpython::Runtime& runtime_;
  model::Still& still_;
  // What is not in the copy of the still is read a page at a time, and once.
  memory::CapturedMemory memory_;
  const cpython::Objects objects_;
  cpython::Types types_;
  cpython::Variables variables_;
  cpython::LockObjects locks_;
  cpython::ObjectNames names_;
  std::vector<KnownThread> threads_;
  LockHolders holders_;
  cpython::ValueLimits limits_;
  cpython::Redaction redaction_;
  cpython::Printer printer_;
  std::unordered_map<std::uint64_t, Tid> by_ident_;
  std::vector<Tid> inner_tids_;
  std::map<std::pair<ResourceKind, Address>, std::size_t> by_address_;
  std::vector<std::size_t> ownerless_;
};

}  // namespace

void add_resources(const Negative& negative, const target::Target& target, const std::unordered_map<Address, Tid>& tids,
                   const cpython::Runtime& runtime, model::Still& still) {
  const bool any = std::ranges::any_of(still.threads, [](const model::Thread& thread) {
    return thread.waits_for_gil == true || (thread.system_call && is_futex_wait(*thread.system_call));
  });
  if (any) {
    Finder(negative, target, tids, runtime, still).find();
  }
}

}  // namespace stillframe::photograph
