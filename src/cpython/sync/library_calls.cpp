#include "cpython/sync/library_calls.h"

#include <algorithm>
#include <array>

namespace stillframe::cpython {
namespace {

using model::ResourceKind;

// Lib/threading.py, Lib/queue.py, Lib/concurrent/futures/_base.py, Lib/importlib/_bootstrap.py; the names of 2.7 too.
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

std::optional<LibraryWait> library_wait(Types& types, Variables& variables, const RawFrame& frame) {
  const auto named = [&](const LibraryCall& call) { return call.function == frame.code->name; };
  if (frame.code == nullptr || std::ranges::none_of(kCalls, named)) {
    return std::nullopt;
  }
  const Address self = first_argument(variables, frame);
  const Type* type = self == 0 ? nullptr : types.of(self);
  if (type == nullptr) {
    return std::nullopt;
  }
  for (const LibraryCall& call : kCalls) {
    if (named(call) && is_a(*type, call.type)) {
      return LibraryWait{.call = &call, .object = self};
    }
  }
  return std::nullopt;
}

}  // namespace stillframe::cpython
