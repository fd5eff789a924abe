// asyncio: futures and tasks with their state, of C and of Python code; locks, queues and loops.
#include <fmt/format.h>

#include <array>

#include "cpython/tasks/asyncio/futures.h"
#include "cpython/values/fields.h"
#include "cpython/values/kind_lists.h"

namespace stillframe::cpython {
namespace {

bool is_nothing(const Objects& objects, Address object) {
  return object == 0 || is_none(objects, object);
}

// Task names that nobody asked for are kept as numbers from 3.12 on.
void put_task_name(Printer& out, Address name) {
  out.put(" name=");
  if (const auto number = signed_integer(out.objects(), name)) {
    out.put(fmt::format("'Task-{}'", *number));
  } else {
    out.item(name, "name");
  }
}

// base_futures._future_repr_info, base_tasks._task_repr_info. Callbacks are left out.
bool put_future(Printer& out, const Instance& object, const std::optional<Future>& future) {
  constexpr std::array kStates{"pending", "cancelled", "finished"};
  if (!future) {
    return out.fail("its state makes no sense");
  }
  const Objects& objects = out.objects();
  const bool cancelling = future->must_cancel && future->state == FutureState::pending;
  out.put(fmt::format("<{} {}", class_name(object.type),
                      cancelling ? "cancelling" : kStates.at(static_cast<std::size_t>(future->state))));
  if (future->is_task && !is_nothing(objects, future->name)) {
    put_task_name(out, future->name);
  }
  if (future->is_task && !is_nothing(objects, future->coroutine)) {
    out.put(" ");
    out.attribute("coro", future->coroutine);
  }
  if (future->state == FutureState::pending && !is_nothing(objects, future->waits_for)) {
    out.put(" ");
    out.attribute("wait_for", future->waits_for);
  }
  if (future->state == FutureState::finished) {
    out.put(" ");
    if (is_nothing(objects, future->exception)) {
      out.attribute("result", future->result);
    } else {
      out.attribute("exception", future->exception);
    }
  }
  out.put(">");
  return true;
}

template <bool kTask>
bool write_c_future(Printer& out, const Instance& object) {
  return put_future(out, object, read_c_future(out.objects(), object.address, kTask));
}

template <bool kTask>
bool write_python_future(Printer& out, const Instance& object) {
  Instances instances(out.objects(), out.types());
  return put_future(out, object, read_python_future(instances, object.address, kTask));
}

// 3.6 has no space.
std::string_view comma(const Printer& out) {
  return out.objects().layout().version < PythonVersion{3, 7, 0} ? "," : ", ";
}

// "<asyncio.locks.Lock object at 0x… [" and what is in the brackets (Lib/asyncio/locks.py).
bool put_state(Printer& out, const Instance& object, std::string state, const Fields& fields) {
  const auto waiters = fields.length("_waiters").value_or(0);
  if (waiters > 0) {
    state += fmt::format("{}waiters:{}", comma(out), waiters);
  }
  out.put(fmt::format("<{} object at {:#x} [{}]>", object.type.qualified, object.address, state));
  return true;
}

bool write_asyncio_lock(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto locked = fields.truth("_locked");
  if (!locked) {
    return out.fail("it does not say whether it is locked");
  }
  return put_state(out, object, *locked ? "locked" : "unlocked", fields);
}

bool write_asyncio_condition(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto lock = fields.at("_lock");
  const Type* type = lock ? out.types().of(*lock) : nullptr;
  const auto locked = type == nullptr ? std::nullopt : Fields(out, {.address = *lock, .type = *type}).truth("_locked");
  if (!locked) {
    return out.fail("its lock does not say whether it is locked");
  }
  return put_state(out, object, *locked ? "locked" : "unlocked", fields);
}

bool write_asyncio_event(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto set = fields.truth("_value");
  if (!set) {
    return out.fail("it does not say whether it is set");
  }
  return put_state(out, object, *set ? "set" : "unset", fields);
}

bool write_asyncio_semaphore(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto value = fields.integer("_value");
  if (!value) {
    return out.fail("it has no value");
  }
  // locked() also says yes where others wait in front, from 3.10.8 on.
  return put_state(out, object, *value == 0 ? "locked" : fmt::format("unlocked{}value:{}", comma(out), *value), fields);
}

// Lib/asyncio/queues.py, Queue._format.
bool write_asyncio_queue(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto most = fields.integer("_maxsize");
  const auto items = fields.at("_queue");
  const auto length = items ? length_of(out.objects(), *items) : std::nullopt;
  if (!most || !length) {
    return out.fail("it has no size");
  }
  out.put(fmt::format("<{} at {:#x} maxsize={} size={}", class_name(object.type), object.address, *most, *length));
  const auto put_count = [&](std::string_view name, std::string_view attribute) {
    if (const auto count = fields.length(attribute); count && *count > 0) {
      out.put(fmt::format(" {}[{}]", name, *count));
    }
  };
  if (*length > 0) {
    out.put(" ");
    out.attribute("_queue", *items);
  }
  put_count("_getters", "_getters");
  put_count("_putters", "_putters");
  if (const auto tasks = fields.integer("_unfinished_tasks"); tasks && *tasks > 0) {
    out.put(fmt::format(" tasks={}", *tasks));
  }
  if (fields.truth("_is_shutdown").value_or(false)) {
    out.put(" shutdown");
  }
  out.put(">");
  return true;
}

// BaseEventLoop.__repr__ in Lib/asyncio/base_events.py, and what it has to do.
bool write_loop(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto closed = fields.truth("_closed");
  const auto debug = fields.truth("_debug");
  const auto ready = fields.length("_ready");
  const auto scheduled = fields.length("_scheduled");
  if (!closed || !debug || !ready || !scheduled) {
    return out.fail("it has no state");
  }
  const auto thread = fields.integer("_thread_id");
  const auto word_of = [](bool value) { return value ? "True" : "False"; };
  out.put(fmt::format("<{} running={} closed={} debug={} ready={} scheduled={}>", class_name(object.type),
                      word_of(thread.has_value()), word_of(*closed), word_of(*debug), *ready, *scheduled));
  return true;
}

// TaskGroup.__repr__ in Lib/asyncio/taskgroups.py (3.11+).
bool write_task_group(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  out.put(fmt::format("<{}", class_name(object.type)));
  if (const auto tasks = fields.length("_tasks"); tasks && *tasks > 0) {
    out.put(fmt::format(" tasks={}", *tasks));
  }
  if (const auto errors = fields.length("_errors"); errors && *errors > 0) {
    out.put(fmt::format(" errors={}", *errors));
  }
  if (fields.truth("_aborting").value_or(false)) {
    out.put(" cancelling");
  } else if (fields.truth("_entered").value_or(false)) {
    out.put(" entered");
  }
  out.put(">");
  return true;
}

constexpr Kind kAsyncioKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "_asyncio.Future", .write = write_c_future<false>},
    {.name = "_asyncio.Task", .write = write_c_future<true>},
    {.name = "asyncio.futures.Future", .write = write_python_future<false>, .python_repr = true},
    {.name = "asyncio.tasks.Task", .write = write_python_future<true>, .python_repr = true},
    {.name = "asyncio.locks.Lock", .write = write_asyncio_lock, .python_repr = true},
    {.name = "asyncio.locks.Condition", .write = write_asyncio_condition, .python_repr = true},
    {.name = "asyncio.locks.Event", .write = write_asyncio_event, .python_repr = true},
    {.name = "asyncio.locks.Semaphore", .write = write_asyncio_semaphore, .python_repr = true},
    {.name = "asyncio.queues.Queue", .write = write_asyncio_queue, .python_repr = true},
    {.name = "asyncio.base_events.BaseEventLoop", .write = write_loop, .python_repr = true},
    {.name = "asyncio.taskgroups.TaskGroup", .write = write_task_group, .python_repr = true},
};

}  // namespace

std::span<const Kind> asyncio_kinds() {
  return kAsyncioKinds;
}

}  // namespace stillframe::cpython
