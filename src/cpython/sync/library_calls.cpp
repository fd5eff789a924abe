#include "cpython/sync/library_calls.h"

#include <algorithm>
#include <array>

namespace stillframe::cpython {
namespace {

using model::ResourceKind;

// Lib/threading.py, Lib/queue.py, Lib/multiprocessing/{queues,synchronize,pool}.py, Lib/concurrent/futures/_base.py,
// Lib/importlib/_bootstrap.py; the names of 2.7 too.
constexpr std::array kCalls{
    LibraryCall{"threading.Event", "wait", ResourceKind::event, "Event.wait"},
    LibraryCall{"threading._Event", "wait", ResourceKind::event, "Event.wait"},
    LibraryCall{"threading.Condition", "wait", ResourceKind::condition, "Condition.wait"},
    LibraryCall{"threading.Condition", "wait_for", ResourceKind::condition, "Condition.wait_for"},
    LibraryCall{"threading._Condition", "wait", ResourceKind::condition, "Condition.wait"},
    LibraryCall{"threading.Semaphore", "acquire", ResourceKind::semaphore, "Semaphore.acquire"},
    LibraryCall{"threading._Semaphore", "acquire", ResourceKind::semaphore, "Semaphore.acquire"},
    LibraryCall{"threading.Barrier", "wait", ResourceKind::barrier, "Barrier.wait"},
    LibraryCall{"threading.Thread", "join", ResourceKind::thread, "Thread.join"},
    LibraryCall{"queue.Queue", "get", ResourceKind::queue, "Queue.get"},
    LibraryCall{"queue.Queue", "put", ResourceKind::queue, "Queue.put"},
    LibraryCall{"queue.Queue", "join", ResourceKind::queue, "Queue.join"},
    LibraryCall{"Queue.Queue", "get", ResourceKind::queue, "Queue.get"},
    LibraryCall{"Queue.Queue", "put", ResourceKind::queue, "Queue.put"},
    LibraryCall{"Queue.Queue", "join", ResourceKind::queue, "Queue.join"},
    LibraryCall{"multiprocessing.queues.Queue", "get", ResourceKind::queue, "Queue.get"},
    LibraryCall{"multiprocessing.queues.Queue", "put", ResourceKind::queue, "Queue.put", true},
    LibraryCall{"multiprocessing.queues.JoinableQueue", "put", ResourceKind::queue, "Queue.put", true},
    LibraryCall{"multiprocessing.queues.JoinableQueue", "join", ResourceKind::queue, "JoinableQueue.join"},
    LibraryCall{"multiprocessing.queues.SimpleQueue", "get", ResourceKind::queue, "SimpleQueue.get"},
    LibraryCall{"multiprocessing.queues.SimpleQueue", "put", ResourceKind::queue, "SimpleQueue.put"},
    LibraryCall{"multiprocessing.synchronize.Condition", "wait", ResourceKind::condition, "Condition.wait"},
    LibraryCall{"multiprocessing.synchronize.Condition", "wait_for", ResourceKind::condition, "Condition.wait_for"},
    LibraryCall{"multiprocessing.synchronize.Event", "wait", ResourceKind::event, "Event.wait"},
    LibraryCall{"multiprocessing.pool.ApplyResult", "get", ResourceKind::future, "AsyncResult.get"},
    LibraryCall{"multiprocessing.pool.ApplyResult", "wait", ResourceKind::future, "AsyncResult.wait"},
    LibraryCall{"concurrent.futures._base.Future", "result", ResourceKind::future, "Future.result"},
    LibraryCall{"concurrent.futures._base.Future", "exception", ResourceKind::future, "Future.exception"},
    LibraryCall{"_frozen_importlib._ModuleLock", "acquire", ResourceKind::import_lock, "import"},
    LibraryCall{"importlib._bootstrap._ModuleLock", "acquire", ResourceKind::import_lock, "import"},
};

bool is_a(const Type& type, std::string_view name) {
  return type.qualified == name ||
         std::ranges::any_of(type.mro, [&](const Type* base) { return base->qualified == name; });
}

}  // namespace

bool LibraryCalls::may_wait(const Code& code) {
  const auto [known, fresh] = may_wait_.try_emplace(&code, false);
  if (fresh) {
    known->second = std::ranges::find(kCalls, code.name, &LibraryCall::function) != kCalls.end();
  }
  return known->second;
}

std::optional<LibraryWait> LibraryCalls::wait_of(const RawFrame& frame) {
  if (frame.code == nullptr || !may_wait(*frame.code)) {
    return std::nullopt;
  }
  const Address self = variables_.first_argument(frame);
  const Type* type = self == 0 ? nullptr : types_.of(self);
  if (type == nullptr) {
    return std::nullopt;
  }
  for (const LibraryCall& call : kCalls) {
    if (call.function == frame.code->name && is_a(*type, call.type)) {
      return LibraryWait{.call = &call, .object = self};
    }
  }
  return std::nullopt;
}

}  // namespace stillframe::cpython
