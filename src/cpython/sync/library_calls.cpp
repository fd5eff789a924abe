#include "cpython/sync/library_calls.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

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

// Whether the code is that of a call itself, which its full name and its file tell (3.11+).
bool is_code_of(const LibraryCall& call, const Code& code) {
  const auto dot = call.type.rfind('.');
  const std::string_view module = call.type.substr(0, dot);
  if (code.qualname != fmt::format("{}.{}", call.type.substr(dot + 1), call.function)) {
    return false;
  }
  if (module == "_frozen_importlib") {
    return code.filename == "<frozen importlib._bootstrap>";
  }
  std::string file = fmt::format("/{}.py", module);
  std::ranges::replace(file.begin(), file.end() - 3, '.', '/');
  return code.filename.ends_with(file);
}

}  // namespace

const LibraryCalls::Function& LibraryCalls::function_of(const Code& code) {
  const auto [known, fresh] = functions_.try_emplace(&code);
  if (fresh) {
    for (const LibraryCall& call : kCalls) {
      known->second.may_wait = known->second.may_wait || call.function == code.name;
      if (known->second.call == nullptr && call.function == code.name && is_code_of(call, code)) {
        known->second.call = &call;
      }
    }
  }
  return known->second;
}

std::optional<LibraryWait> LibraryCalls::wait_of(const RawFrame& frame) {
  const Function function = frame.code != nullptr ? function_of(*frame.code) : Function{};
  const Address self = function.may_wait ? variables_.first_argument(frame) : 0;
  if (self == 0) {
    return std::nullopt;
  }
  if (function.call != nullptr) {
    return LibraryWait{.call = function.call, .object = self};
  }
  const Type* type = types_.of(self);
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
