#include "waits/resources.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "capture/stillness.h"
#include "native/pthread_locks.h"
#include "waits/copy_first_memory.h"
#include "waits/native_holders.h"
#include "waits/python_waits.h"
#include "waits/wait_graph_builder.h"
#include "waits/world_stop_waits.h"

namespace stillframe::waits {
namespace {

using model::ResourceKind;
using target::Tid;

bool sleeps_on_futex(const model::Thread& thread) {
  return thread.system_call && capture::is_futex_wait(*thread.system_call);
}

class Finder {
 public:
  Finder(const capture::Snapshot& snapshot, const target::Target& target,
         const std::unordered_map<cpython::Address, Tid>& tids, const cpython::Runtime& runtime,
         const cpython::Redaction& redaction, model::Still& still)
      : snapshot_(snapshot),
        runtime_(runtime),
        still_(still),
        memory_(*snapshot.copied),
        book_(snapshot, target, tids, still),
        python_(memory_, target, runtime, redaction, snapshot.resources, book_, still) {
    for (const target::ThreadInfo& thread : snapshot.threads) {
      inner_tids_.push_back(thread.inner_tid);
    }
  }

  void find() {
    find_world_stops(memory_, runtime_, snapshot_.process, book_, still_);
    for (const KnownThread& thread : book_.threads()) {
      if (thread.shown->waits_for_gil == true) {
        wait_for_gil(*thread.shown);
      } else if (!thread.shown->wants && sleeps_on_futex(*thread.shown)) {
        python_.find(thread);
      }
    }
    for (model::Thread& thread : still_.threads) {
      if (!thread.wants && thread.waits_for_gil != true && sleeps_on_futex(thread)) {
        find_native_wait(thread);
      }
    }
    python_.find_holders();
    find_native_holders(still_);
  }

 private:
  void wait_for_gil(model::Thread& thread) {
    const auto interpreter =
        std::ranges::find(snapshot_.process.interpreters, thread.interpreter.value_or(0), &cpython::RawInterpreter::id);
    const auto shown = std::ranges::find(still_.interpreters, thread.interpreter.value_or(0), &model::Interpreter::id);
    if (interpreter == snapshot_.process.interpreters.end() || shown == still_.interpreters.end()) {
      return;
    }
    const auto [index, fresh] = book_.enter(ResourceKind::gil, interpreter->gil);
    if (fresh && shown->gil && shown->gil->holder_tid) {
      still_.resources[index].holders = {
          {.tid = shown->gil->holder_tid, .certain = true, .how = "the interpreter says so"}};
    }
    thread.wants = model::ResourceWait{.resource = index, .call = "the GIL"};
  }

  void find_native_wait(model::Thread& thread) {
    const auto mutex = native::waited_mutex(memory_, *thread.system_call, inner_tids_);
    const auto lock = native::waited_lock(memory_, thread, mutex, inner_tids_);
    if (!lock) {
      return;
    }
    const auto [index, fresh] = book_.enter(lock->kind, lock->address);
    if (fresh && lock->owner != 0) {
      const auto owner = std::ranges::find(snapshot_.threads, lock->owner, &target::ThreadInfo::inner_tid);
      still_.resources[index].holders = {
          {.tid = owner == snapshot_.threads.end() ? std::nullopt : std::optional(owner->tid),
           .certain = true,
           .how = "the lock names its owner"}};
    }
    still_.resources[index].type = native::type_of(lock->kind);
    thread.wants = model::ResourceWait{.resource = index, .call = "a lock of C code"};
  }

  const capture::Snapshot& snapshot_;
  const cpython::Runtime& runtime_;
  model::Still& still_;
  CopyFirstMemory memory_;
  WaitGraphBuilder book_;
  PythonWaits python_;
  std::vector<Tid> inner_tids_;
};

}  // namespace

void add_resources(const capture::Snapshot& snapshot, const target::Target& target,
                   const std::unordered_map<cpython::Address, Tid>& tids, const cpython::Runtime& runtime,
                   const cpython::Redaction& redaction, model::Still& still) {
  const bool any = std::ranges::any_of(still.threads, [](const model::Thread& thread) {
    return thread.waits_for_gil == true || sleeps_on_futex(thread);
  });
  if (any) {
    Finder(snapshot, target, tids, runtime, redaction, still).find();
  }
}

}  // namespace stillframe::waits
