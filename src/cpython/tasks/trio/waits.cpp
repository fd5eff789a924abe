#include "cpython/tasks/trio/waits.h"

#include <algorithm>
#include <array>
#include <span>

#include "cpython/tasks/lock_holders.h"
#include "cpython/tasks/loop_threads.h"
#include "cpython/values/fields.h"
#include "text/scheduler_files.h"

namespace stillframe::cpython {
namespace {

using model::WaitKind;

// Those that wait by themselves. trio gives its public classes the module that they are imported from.
constexpr std::array kKnownWaits{
    KnownWait{"trio.Event", "wait", WaitKind::event},
    KnownWait{"trio.MemoryReceiveChannel", "receive", WaitKind::queue_get},
    KnownWait{"trio.MemorySendChannel", "send", WaitKind::queue_put},
};

bool is_lock_class(Instances& instances, Address object) {
  return instances.is_a(object, "trio._sync._LockImpl");
}

}  // namespace

TrioWaits::TrioWaits(Instances& instances, Variables& variables, const RawInterpreter& interpreter)
    : instances_(instances),
      variables_(variables),
      library_(variables, text::is_trio_file),
      anyio_(instances, variables) {
  find_workers(interpreter);
}

// WorkerThread._handle_job() in trio/_core/_thread_cache.py has the job in its variables.
void TrioWaits::find_workers(const RawInterpreter& interpreter) {
  for (const RawThread& thread : interpreter.threads) {
    for (const RawFrame& frame : thread.chain.frames) {
      if (frame.code->name == "_handle_job" && frame.code->filename.ends_with("/trio/_core/_thread_cache.py")) {
        if (const auto deliver = local_variable(variables_, frame, "deliver")) {
          workers_.emplace(*deliver, thread.address);
        }
      }
    }
  }
}

TrioWaits::Found TrioWaits::find(const AwaitChain& chain, Address data) {
  Found found = of_own_calls(chain, data);
  anyio_.refine(chain, library_.count(chain), found.wait);
  return found;
}

TrioWaits::Found TrioWaits::of_own_calls(const AwaitChain& chain, Address data) {
  const auto calls = library_.of(chain);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (calls[i].function == "_nested_child_finished") {
      return {.wait = {.kind = WaitKind::tasks}, .nursery = calls[i].self};
    }
    if (auto wait = of_call(calls, i, data)) {
      return {.wait = std::move(*wait)};
    }
  }
  RawWait wait{.kind = WaitKind::unknown};
  if (data != 0 && !instances_.is_none(data)) {
    wait = {.kind = WaitKind::other, .object = data, .type = instances_.types().name_of(data)};
  }
  return {.wait = std::move(wait)};
}

std::optional<RawWait> TrioWaits::of_call(const std::vector<Call>& calls, std::size_t index, Address data) {
  const Call& call = calls[index];
  const Call* user = index + 1 < calls.size() ? &calls[index + 1] : nullptr;
  if (call.is("park", "/_core/_parking_lot.py")) {
    return of_parking(user, call.self, data);
  }
  if (call.is("_epoll_wait", "/_core/_io_epoll.py")) {
    // wait_readable() calls it, and perhaps Process.wait() that.
    const auto outer = std::span(calls).subspan(index + 1);
    const auto process = std::ranges::find_if(outer, [&](const Call& one) {
      return one.function == "wait" && one.self != 0 && instances_.is_a(one.self, "trio.Process");
    });
    return process == outer.end() ? of_file(call) : of_process(process->self);
  }
  if (call.is("sleep_forever", "/_timeouts.py")) {
    return of_sleep(user != nullptr && user->function == "sleep_until" ? user : nullptr);
  }
  if (call.is("to_thread_run_sync", "/_threads.py")) {
    return of_thread(call);
  }
  return of_method(call);
}

std::optional<RawWait> TrioWaits::of_method(const Call& call) {
  const KnownWait* known = known_wait(instances_, kKnownWaits, call);
  if (known == nullptr) {
    return std::nullopt;
  }
  RawWait wait{.kind = known->kind, .object = call.self};
  if (known->kind == WaitKind::queue_get || known->kind == WaitKind::queue_put) {
    // Both ends of a channel share a buffer.
    if (const auto state = instances_.get(call.self, "_state")) {
      wait.object = *state;
      const auto items = instances_.get(*state, "data");
      wait.count = items ? length_of(instances_.objects(), *items) : std::nullopt;
    }
  }
  return wait;
}

// Lib trio/_sync.py waits in parking lots.
RawWait TrioWaits::of_parking(const Call* user, Address lot, Address data) {
  const Address owner = user != nullptr ? user->self : 0;
  if (owner != 0 && is_lock_class(instances_, owner)) {
    return of_lock(owner);
  }
  if (owner != 0 && instances_.is_a(owner, "trio.Condition")) {
    // Who is notified is moved to the lock's lot where it stands.
    const auto lock = instances_.get(owner, "_lock");
    const auto lots = lock ? instances_.get(*lock, "_lot") : std::nullopt;
    return lots && *lots == data ? of_lock(*lock) : RawWait{.kind = WaitKind::condition, .object = owner};
  }
  if (owner != 0 && instances_.is_a(owner, "trio.Semaphore")) {
    return {.kind = WaitKind::semaphore, .object = owner};
  }
  if (owner != 0 && instances_.is_a(owner, "trio.CapacityLimiter")) {
    RawWait wait{.kind = WaitKind::semaphore, .object = owner, .type = "trio.CapacityLimiter"};
    const auto borrowers = instances_.get(owner, "_borrowers");
    if (borrowers) {
      add_holders_of_set(instances_, *borrowers, wait);
    }
    return wait;
  }
  return {.kind = WaitKind::other, .object = lot, .type = instances_.types().name_of(lot)};
}

RawWait TrioWaits::of_lock(Address lock) {
  RawWait wait{.kind = WaitKind::lock, .object = lock};
  add_owner(instances_, lock, "_owner", wait);
  return wait;
}

// sleep() calls sleep_until(), and that sleep_forever() within a cancel scope.
RawWait TrioWaits::of_sleep(const Call* until) {
  RawWait wait{.kind = WaitKind::sleep};
  if (until != nullptr) {
    wait.when = number_in(instances_, variables_, *until->frame, "deadline");
  }
  return wait;
}

RawWait TrioWaits::of_process(Address process) {
  const auto pid = instances_.integer(process, "pid");
  const auto popen = instances_.get(process, "_proc");
  return {.kind = WaitKind::process,
          .object = process,
          .pid = pid     ? pid
                 : popen ? instances_.integer(*popen, "pid")
                         : std::nullopt};
}

RawWait TrioWaits::of_file(const Call& call) {
  const bool writes = text_in(instances_, variables_, *call.frame, "attr_name") == "write_task";
  RawWait wait{.kind = writes ? WaitKind::write : WaitKind::read};
  wait.file = watched_file(number_in(instances_, variables_, *call.frame, "fd"), writes);
  return wait;
}

RawWait TrioWaits::of_thread(const Call& call) {
  RawWait wait{.kind = WaitKind::executor};
  if (const auto deliver = local_variable(variables_, *call.frame, "deliver_worker_fn_result")) {
    wait.job = *deliver;
    if (const auto worker = workers_.find(*deliver); worker != workers_.end()) {
      wait.worker = worker->second;
      wait.job_state = "RUNNING";
    }
  }
  return wait;
}

}  // namespace stillframe::cpython
