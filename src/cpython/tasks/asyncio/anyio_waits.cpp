#include "cpython/tasks/asyncio/anyio_waits.h"

#include <algorithm>
#include <array>

#include "cpython/tasks/lock_holders.h"
#include "cpython/values/fields.h"
#include "text/scheduler_files.h"

namespace stillframe::cpython {
namespace {

using model::WaitKind;

// Until somebody sets a future or an event of its own. AnyIO gives its public classes the module that they are imported
// from, and those of its back ends derive from them: anyio/_core/_synchronization.py, _backends/_asyncio.py,
// streams/memory.py of 3.7 to 4.16.
constexpr std::array kAnyioWaits{
    KnownWait{"anyio.Event", "wait", WaitKind::event},
    KnownWait{"anyio.Lock", "acquire", WaitKind::lock},
    KnownWait{"anyio.Condition", "wait", WaitKind::condition},
    KnownWait{"anyio.Semaphore", "acquire", WaitKind::semaphore},
    KnownWait{"anyio.CapacityLimiter", "acquire_on_behalf_of", WaitKind::semaphore},
    KnownWait{"anyio.streams.memory.MemoryObjectReceiveStream", "receive", WaitKind::queue_get},
    KnownWait{"anyio.streams.memory.MemoryObjectSendStream", "send", WaitKind::queue_put},
};

bool may_be_its_means(WaitKind kind) {
  return kind == WaitKind::event || kind == WaitKind::future;
}

}  // namespace

AnyioWaits::AnyioWaits(Instances& instances, Variables& variables)
    : instances_(instances), library_(variables, text::is_anyio_file) {}

void AnyioWaits::refine(const AwaitChain& chain, std::size_t inner, RawWait& wait) {
  if (!may_be_its_means(wait.kind)) {
    return;
  }
  for (const SchedulerCall& call : library_.of(chain, inner)) {
    if (may_be_its_means(wait.kind)) {
      take(call, wait);
    }
  }
}

void AnyioWaits::take(const SchedulerCall& call, RawWait& wait) {
  const KnownWait* known = known_wait(instances_, kAnyioWaits, call);
  if (known == nullptr) {
    return;
  }
  wait = {.kind = known->kind, .object = call.self, .type = std::string(known->type)};
  if (known->kind == WaitKind::lock) {
    add_lock_owner(call.self, wait);
  } else if (const auto borrowers = instances_.get(call.self, "_borrowers")) {
    add_holders_of_set(instances_, *borrowers, wait);
  } else if (const auto state = instances_.get(call.self, "_state")) {
    wait.object = *state;  // both ends of a stream share a buffer
    const auto items = instances_.get(*state, "buffer");
    wait.count = items ? length_of(instances_.objects(), *items) : std::nullopt;
  }
}

// The task itself; where AnyIO makes its lock of an event (up to 4.4, and for trio up to 3), what it tells of the task,
// whose `id` is that of the task (get_current_task() of its back ends).
void AnyioWaits::add_lock_owner(Address lock, RawWait& wait) {
  add_owner(instances_, lock, "_owner_task", wait);
  if (wait.holders_proven && instances_.is_a(wait.holders.front(), "anyio.TaskInfo")) {
    const auto task = instances_.integer(wait.holders.front(), "id");
    wait.holders_proven = task.has_value();
    wait.holders.clear();
    if (task) {
      wait.holders.push_back(static_cast<Address>(*task));
    }
  }
}

}  // namespace stillframe::cpython
