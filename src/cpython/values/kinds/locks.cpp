// What threads wait on: Lock, RLock, Condition, Event, Semaphore, Barrier, with their state in every version.
#include "cpython/values/locks.h"

#include <fmt/format.h>

#include "cpython/values/fields.h"
#include "cpython/values/kind_lists.h"

namespace stillframe::cpython {
namespace {

// lock_repr() in Modules/_threadmodule.c; 2.7 has none.
bool write_lock(Printer& out, const Instance& object) {
  const auto held = is_locked(out.objects(), object.address);
  if (!held) {
    return out.fail("its state makes no sense");
  }
  out.put(fmt::format("<{} {} object at {:#x}>", *held ? "locked" : "unlocked", object.type.qualified, object.address));
  return true;
}

bool write_rlock(Printer& out, const Instance& object) {
  const auto state = rlock_state(out.objects(), object.address);
  if (!state) {
    return out.fail("its state cannot be read");
  }
  out.put(fmt::format("<{} {} object owner={} count={} at {:#x}>", state->count > 0 ? "locked" : "unlocked",
                      object.type.qualified, state->owner, state->count, object.address));
  return true;
}

// threading._RLock of Python code: all there is in 2.7, later where C code has none. __block, __owner, __count of 2.7.
bool write_python_rlock(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto owner = fields.at("_owner", "_RLock__owner");
  const auto count = signed_integer(out.objects(), fields.at("_count", "_RLock__count"));
  if (!owner || !count) {
    return out.fail("it has no owner or count");
  }
  out.put(fmt::format("<{} {} object owner=", *count > 0 ? "locked" : "unlocked", object.type.qualified));
  out.item(*owner, "owner");
  out.put(fmt::format(" count={} at {:#x}>", *count, object.address));
  return true;
}

// Condition.__repr__: the lock, and how many wait.
bool write_condition(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto lock = fields.at("_lock", "_Condition__lock");
  const auto waiters = fields.at("_waiters", "_Condition__waiters");
  const auto count = waiters ? length_of(out.objects(), *waiters) : std::nullopt;
  if (!lock || !count) {
    return out.fail("it has no lock or waiters");
  }
  out.put("<Condition(");
  out.item(*lock, "lock");
  out.put(fmt::format(", {})>", *count));
  return true;
}

// How many threads wait on the condition inside; behind what repr() says.
void put_waiters(Printer& out, const Fields& fields, std::string_view name, std::string_view old_name) {
  const auto condition = fields.at(name, old_name);
  const Type* type = condition ? out.types().of(*condition) : nullptr;
  if (type == nullptr) {
    return;
  }
  const Fields inside(out, {.address = *condition, .type = *type});
  const auto waiters = inside.at("_waiters", "_Condition__waiters");
  const auto count = waiters ? length_of(out.objects(), *waiters) : std::nullopt;
  if (count && *count > 0) {
    out.put(fmt::format(" waiters={}", *count));
  }
}

// Event.__repr__ (3.11+).
bool write_event(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto flag = fields.truth("_flag");
  const auto set = flag ? flag : fields.truth("_Event__flag");
  if (!set) {
    return out.fail("it has no flag");
  }
  put_place(out, object);
  out.put(*set ? ": set" : ": unset");
  put_waiters(out, fields, "_cond", "_Event__cond");
  out.put(">");
  return true;
}

// Semaphore.__repr__, BoundedSemaphore.__repr__ (3.11+).
bool write_semaphore(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto value = signed_integer(out.objects(), fields.at("_value", "_Semaphore__value"));
  if (!value) {
    return out.fail("it has no value");
  }
  put_place(out, object);
  out.put(fmt::format(": value={}", *value));
  if (const auto most = fields.integer("_initial_value")) {
    out.put(fmt::format("/{}", *most));
  }
  put_waiters(out, fields, "_cond", "_Semaphore__cond");
  out.put(">");
  return true;
}

// Barrier.__repr__ (3.11+): _state is -2 once it is broken, 0 while threads come.
bool write_barrier(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto state = fields.integer("_state");
  const auto count = fields.integer("_count");
  const auto parties = fields.integer("_parties");
  if (!state || !count || !parties) {
    return out.fail("it has no state");
  }
  put_place(out, object);
  out.put(*state == -2 ? ": broken>" : fmt::format(": waiters={}/{}>", *state == 0 ? *count : 0, *parties));
  return true;
}

constexpr Kind kLockKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "_thread.lock", .write = write_lock},
    {.name = "thread.lock", .write = write_lock},
    {.name = "_thread.RLock", .write = write_rlock},
    {.name = "threading._RLock", .write = write_python_rlock, .python_repr = true},
    {.name = "threading.Condition", .write = write_condition, .python_repr = true},
    {.name = "threading._Condition", .write = write_condition, .python_repr = true},
    {.name = "threading.Event", .write = write_event, .python_repr = true},
    {.name = "threading._Event", .write = write_event, .python_repr = true},
    {.name = "threading.Semaphore", .write = write_semaphore, .python_repr = true},
    {.name = "threading._Semaphore", .write = write_semaphore, .python_repr = true},
    {.name = "threading.Barrier", .write = write_barrier, .python_repr = true},
};

}  // namespace

std::span<const Kind> lock_kinds() {
  return kLockKinds;
}

}  // namespace stillframe::cpython
