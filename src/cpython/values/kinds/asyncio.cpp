// asyncio: futures and tasks with their state, of C and of Python code; locks, queues and loops.
#include <fmt/format.h>

#include <array>

#include "cpython/values/fields.h"
#include "cpython/values/kind_lists.h"
#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

enum class State : std::uint8_t { pending, cancelled, finished };

// What repr() says of a future. Addresses are 0 where there is none.
struct Future {
  State state = State::pending;
  Address result = 0;
  Address exception = 0;
  // Of tasks.
  bool is_task = false;
  bool must_cancel = false;
  Address waits_for = 0;
  Address coroutine = 0;
  Address name = 0;  // 3.8+
};

// Where FutureObj and TaskObj (Modules/_asynciomodule.c) have their members, in words behind the head.
struct FutureLayout {
  std::uint32_t exception = 0;
  std::uint32_t result = 0;
  std::uint32_t state = 0;      // an int
  std::uint32_t waits_for = 0;  // of a task, from here on
  std::uint32_t coroutine = 0;
  std::uint32_t name = 0;         // 0: none
  std::uint32_t must_cancel = 0;  // an int; 0: a bit beside the state (3.13+)
};

FutureLayout layout_of_future(PythonVersion version) {
  if (version < PythonVersion{3, 7, 0}) {  // loop, callbacks, exception, result, source_tb, state …
    return {.exception = 2, .result = 3, .state = 5, .waits_for = 9, .coroutine = 10, .must_cancel = 11};
  }
  if (version < PythonVersion{3, 8, 0}) {  // loop, callback0, context0, callbacks, exception, result …
    return {.exception = 4, .result = 5, .state = 7, .waits_for = 11, .coroutine = 12, .must_cancel = 14};
  }
  if (version < PythonVersion{3, 9, 0}) {
    return {.exception = 4, .result = 5, .state = 7, .waits_for = 11, .coroutine = 12, .name = 13, .must_cancel = 15};
  }
  if (version < PythonVersion{3, 10, 0}) {  // cancel_msg; cancelled_exc_state, four words
    return {.exception = 4, .result = 5, .state = 8, .waits_for = 16, .coroutine = 17, .name = 18, .must_cancel = 20};
  }
  if (version < PythonVersion{3, 11, 0}) {  // exception_tb
    return {.exception = 4, .result = 6, .state = 9, .waits_for = 17, .coroutine = 18, .name = 19, .must_cancel = 21};
  }
  if (version < PythonVersion{3, 13, 0}) {  // cancelled_exc, one word
    return {.exception = 4, .result = 6, .state = 9, .waits_for = 14, .coroutine = 15, .name = 16, .must_cancel = 18};
  }
  if (version < PythonVersion{3, 14, 0}) {  // neither dict nor weakreflist, bits in place of ints
    return {.exception = 4, .result = 6, .state = 10, .waits_for = 12, .coroutine = 13, .name = 14};
  }
  // awaited_by; behind the state is_task and awaited_by_is_set, a byte each, then the bits
  return {.exception = 4, .result = 6, .state = 11, .waits_for = 13, .coroutine = 14, .name = 15};
}

std::optional<State> state_of(std::optional<std::int32_t> number) {
  if (!number || *number < 0 || *number > 2) {
    return std::nullopt;
  }
  return static_cast<State>(*number);
}

std::optional<Future> read_c_future(const Objects& objects, Address at, bool is_task) {
  const PythonVersion version = objects.layout().version;
  const FutureLayout layout = layout_of_future(version);
  const auto state = state_of(objects.field<std::int32_t>(at, word(objects, layout.state)));
  if (!state) {
    return std::nullopt;
  }
  const auto pointer = [&](std::uint32_t index) { return objects.pointer(at, word(objects, index)).value_or(0); };
  Future future{.state = *state, .result = pointer(layout.result), .exception = pointer(layout.exception)};
  if (!is_task) {
    return future;
  }
  future.is_task = true;
  future.waits_for = pointer(layout.waits_for);
  future.coroutine = pointer(layout.coroutine);
  future.name = layout.name != 0 ? pointer(layout.name) : 0;
  if (layout.must_cancel != 0) {
    future.must_cancel = objects.field<std::int32_t>(at, word(objects, layout.must_cancel)).value_or(0) != 0;
  } else {
    // log_tb, blocking, must_cancel: bit 2 of the word behind the state; from 3.14 on behind two bytes more.
    const std::uint32_t bytes = version >= PythonVersion{3, 14, 0} ? 6 : 4;
    const auto bits = objects.field<std::uint8_t>(at, word(objects, layout.state).value() + bytes);
    future.must_cancel = bits && (*bits & 4U) != 0;
  }
  return future;
}

// Lib/asyncio/futures.py and tasks.py: the same as Python code.
std::optional<Future> read_python_future(const Printer& out, const Instance& object, bool is_task) {
  const Fields fields(out, object);
  // What was never set on the object stands in the class: pending, without a result.
  const auto state = fields.at("_state") ? fields.text("_state") : "PENDING";
  if (!state || !fields.at("_loop")) {
    return std::nullopt;
  }
  Future future{.is_task = is_task};
  future.state = *state == "PENDING" ? State::pending : *state == "CANCELLED" ? State::cancelled : State::finished;
  future.result = fields.at("_result").value_or(0);
  future.exception = fields.at("_exception").value_or(0);
  future.must_cancel = fields.truth("_must_cancel").value_or(false);
  future.waits_for = fields.at("_fut_waiter").value_or(0);
  future.coroutine = fields.at("_coro").value_or(0);
  future.name = fields.at("_name").value_or(0);
  return future;
}

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
  const bool cancelling = future->must_cancel && future->state == State::pending;
  out.put(fmt::format("<{} {}", class_name(object.type),
                      cancelling ? "cancelling" : kStates.at(static_cast<std::size_t>(future->state))));
  if (future->is_task && !is_nothing(objects, future->name)) {
    put_task_name(out, future->name);
  }
  if (future->is_task && !is_nothing(objects, future->coroutine)) {
    out.put(" ");
    out.attribute("coro", future->coroutine);
  }
  if (future->state == State::pending && !is_nothing(objects, future->waits_for)) {
    out.put(" ");
    out.attribute("wait_for", future->waits_for);
  }
  if (future->state == State::finished) {
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
  return put_future(out, object, read_python_future(out, object, kTask));
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

bool write_lock(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto locked = fields.truth("_locked");
  if (!locked) {
    return out.fail("it does not say whether it is locked");
  }
  return put_state(out, object, *locked ? "locked" : "unlocked", fields);
}

bool write_condition(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto lock = fields.at("_lock");
  const Type* type = lock ? out.types().of(*lock) : nullptr;
  const auto locked = type == nullptr ? std::nullopt : Fields(out, {.address = *lock, .type = *type}).truth("_locked");
  if (!locked) {
    return out.fail("its lock does not say whether it is locked");
  }
  return put_state(out, object, *locked ? "locked" : "unlocked", fields);
}

bool write_event(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto set = fields.truth("_value");
  if (!set) {
    return out.fail("it does not say whether it is set");
  }
  return put_state(out, object, *set ? "set" : "unset", fields);
}

bool write_semaphore(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto value = fields.integer("_value");
  if (!value) {
    return out.fail("it has no value");
  }
  // locked() also says yes where others wait in front, from 3.10.8 on.
  return put_state(out, object, *value == 0 ? "locked" : fmt::format("unlocked{}value:{}", comma(out), *value), fields);
}

// Lib/asyncio/queues.py, Queue._format.
bool write_queue(Printer& out, const Instance& object) {
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

constexpr Kind kKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "_asyncio.Future", .write = write_c_future<false>},
    {.name = "_asyncio.Task", .write = write_c_future<true>},
    {.name = "asyncio.futures.Future", .write = write_python_future<false>, .python_repr = true},
    {.name = "asyncio.tasks.Task", .write = write_python_future<true>, .python_repr = true},
    {.name = "asyncio.locks.Lock", .write = write_lock, .python_repr = true},
    {.name = "asyncio.locks.Condition", .write = write_condition, .python_repr = true},
    {.name = "asyncio.locks.Event", .write = write_event, .python_repr = true},
    {.name = "asyncio.locks.Semaphore", .write = write_semaphore, .python_repr = true},
    {.name = "asyncio.queues.Queue", .write = write_queue, .python_repr = true},
    {.name = "asyncio.base_events.BaseEventLoop", .write = write_loop, .python_repr = true},
    {.name = "asyncio.taskgroups.TaskGroup", .write = write_task_group, .python_repr = true},
};

}  // namespace

std::span<const Kind> asyncio_kinds() {
  return kKinds;
}

}  // namespace stillframe::cpython
