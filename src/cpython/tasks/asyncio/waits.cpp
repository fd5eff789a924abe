#include "cpython/tasks/asyncio/waits.h"

#include <algorithm>
#include <array>

#include "cpython/tasks/loop_threads.h"
#include "cpython/values/fields.h"

namespace stillframe::cpython {
namespace {

using model::WaitKind;

// Lib/asyncio/locks.py, queues.py.
constexpr std::array kAsyncioWaits{
    KnownWait{"asyncio.locks.Lock", "", WaitKind::lock},
    KnownWait{"asyncio.locks.Event", "", WaitKind::event},
    KnownWait{"asyncio.locks.Condition", "", WaitKind::condition},
    KnownWait{"asyncio.locks.Semaphore", "", WaitKind::semaphore},
    KnownWait{"asyncio.locks.Barrier", "", WaitKind::barrier},
    KnownWait{"asyncio.queues.Queue", "get", WaitKind::queue_get},
    KnownWait{"asyncio.queues.Queue", "put", WaitKind::queue_put},
    KnownWait{"asyncio.queues.Queue", "join", WaitKind::queue_join},
};

// These use another of them to wait: Queue.join() an Event, Barrier.wait() a Condition.
bool speaks_for(WaitKind outer, WaitKind inner) {
  return (outer == WaitKind::queue_join && inner == WaitKind::event) ||
         (outer == WaitKind::barrier && inner == WaitKind::condition);
}

}  // namespace

RawWait TaskWaits::find(const AwaitChain& chain, Address future, const RawLoop* loop) {
  RawWait wait = of_own_calls(chain, future, loop);
  anyio_.refine(chain, library_.count(chain), wait);
  return wait;
}

RawWait TaskWaits::of_own_calls(const AwaitChain& chain, Address future, const RawLoop* loop) {
  const auto calls = library_.of(chain);
  const Address awaited = future != 0 ? future : chain.end;
  // as_completed() waits for its tasks by a queue of its own.
  const bool known =
      !std::ranges::any_of(calls, [](const SchedulerCall& one) { return one.function == "_wait_for_one"; });
  for (std::size_t i = 0; known && i < calls.size(); ++i) {
    // Condition.wait_for() calls Condition.wait(): who uses it is the first call of another object.
    const auto user = std::find_if(calls.begin() + static_cast<std::ptrdiff_t>(i), calls.end(),
                                   [&](const SchedulerCall& one) { return one.self != calls[i].self; });
    if (auto wait = of_call(calls[i], user == calls.end() ? nullptr : &*user, loop)) {
      if (wait->kind == WaitKind::sleep && loop != nullptr) {
        // The loop will set its future then.
        if (const auto timer = loop->timers.find(awaited); timer != loop->timers.end()) {
          wait->when = timer->second;
        }
      }
      return std::move(*wait);
    }
  }
  return of_future(awaited, loop);
}

std::optional<RawWait> TaskWaits::of_call(const SchedulerCall& call, const SchedulerCall* user, const RawLoop* loop) {
  if (call.self == 0) {
    return call.is("sleep", "/tasks.py") ? std::optional(of_sleep(*call.frame)) : std::nullopt;
  }
  if (const KnownWait* inner = known_wait(instances_, kAsyncioWaits, call)) {
    const KnownWait* outer = user != nullptr ? known_wait(instances_, kAsyncioWaits, *user) : nullptr;
    const bool for_user = outer != nullptr && speaks_for(outer->kind, inner->kind);
    const SchedulerCall& one = for_user ? *user : call;
    RawWait wait{.kind = for_user ? outer->kind : inner->kind, .object = one.self};
    if (wait.kind == WaitKind::queue_get || wait.kind == WaitKind::queue_put || wait.kind == WaitKind::queue_join) {
      const auto items = instances_.get(one.self, "_queue");
      wait.count = items ? length_of(instances_.objects(), *items) : std::nullopt;
    }
    return wait;
  }
  if (auto stream = of_stream(call, loop)) {
    return stream;
  }
  return of_process(call);
}

RawWait TaskWaits::of_sleep(const RawFrame& frame) {
  RawWait wait{.kind = WaitKind::sleep};
  const auto delay = local_variable(variables_, frame, "delay");
  const Type* type = delay ? instances_.types().of(*delay) : nullptr;
  wait.delay = type != nullptr ? real_number(instances_.objects(), *type, *delay) : std::nullopt;
  return wait;
}

// StreamReader waits for what its transport reads, StreamWriter.drain() for what it has written
// (Lib/asyncio/streams.py).
std::optional<RawWait> TaskWaits::of_stream(const SchedulerCall& call, const RawLoop* loop) {
  const bool reads = instances_.is_a(call.self, "asyncio.streams.StreamReader");
  const bool writes = call.function == "drain" && instances_.is_a(call.self, "asyncio.streams.StreamWriter");
  if (!reads && !writes) {
    return std::nullopt;
  }
  RawWait wait{.kind = reads ? WaitKind::read : WaitKind::write, .object = call.self};
  const auto transport = instances_.get(call.self, "_transport");
  if (!transport || instances_.is_none(*transport)) {
    return wait;
  }
  if (const auto fd = descriptor_of(*transport)) {
    wait.file = WatchedFile{.fd = *fd, .to_write = writes};
  } else if (loop != nullptr) {
    if (const auto known = loop->files.find(*transport); known != loop->files.end()) {
      wait.file = known->second;
    }
  }
  return wait;
}

// The file of a transport: of a socket, of a pipe, of the socket below TLS (Lib/asyncio/selector_events.py,
// unix_events.py, sslproto.py).
std::optional<int> TaskWaits::descriptor_of(Address transport) {
  constexpr int kMostLayers = 4;  // TLS within TLS
  for (int layer = 0; layer < kMostLayers; ++layer) {
    for (const char* name : {"_sock_fd", "_fileno"}) {
      const auto fd = instances_.integer(transport, name);
      if (fd && *fd >= 0 && *fd <= INT32_MAX) {
        return static_cast<int>(*fd);
      }
    }
    const auto protocol = instances_.get(transport, "_ssl_protocol");
    const auto below = protocol ? instances_.get(*protocol, "_transport") : std::nullopt;
    if (!below) {
      break;
    }
    transport = *below;
  }
  return std::nullopt;
}

// Process.wait() waits in its transport (Lib/asyncio/subprocess.py, base_subprocess.py).
std::optional<RawWait> TaskWaits::of_process(const SchedulerCall& call) {
  if (call.function != "_wait" || !instances_.is_a(call.self, "asyncio.base_subprocess.BaseSubprocessTransport")) {
    return std::nullopt;
  }
  return RawWait{.kind = WaitKind::process, .object = call.self, .pid = instances_.integer(call.self, "_pid")};
}

RawWait TaskWaits::of_future(Address future, const RawLoop* loop) {
  if (future == 0) {
    return {};
  }
  const FutureClass kind = future_class(instances_, future);
  RawWait wait{.kind = kind == FutureClass::none ? WaitKind::other : WaitKind::future, .object = future};
  wait.type = instances_.types().name_of(future);
  if (kind == FutureClass::none) {
    return wait;
  }
  if (loop != nullptr) {
    if (const auto file = loop->files.find(future); file != loop->files.end()) {
      wait.kind = file->second.to_write ? WaitKind::write : WaitKind::read;
      wait.file = file->second;
      return wait;
    }
  }
  if (workers_.contains(future)) {  // AnyIO's threads know the future that they set
    wait.job_state = "RUNNING";
    add_worker(future, wait);
    return wait;
  }
  for (const Address one : awaiters_.led_to(future, kind)) {
    if (instances_.is_a(one, "concurrent.futures._base.Future")) {
      add_job(one, wait);
      break;
    }
  }
  return wait;
}

// wrap_future() has chained the future to that of an executor (Lib/asyncio/futures.py).
void TaskWaits::add_job(Address job, RawWait& wait) {
  wait.job_state = instances_.text(job, "_state").value_or("");
  add_worker(job, wait);
}

void TaskWaits::add_worker(Address job, RawWait& wait) {
  wait.kind = WaitKind::executor;
  wait.job = job;
  if (const auto worker = workers_.find(job); worker != workers_.end()) {
    wait.worker = worker->second;
  }
}

}  // namespace stillframe::cpython
