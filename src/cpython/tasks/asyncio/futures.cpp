#include "cpython/tasks/asyncio/futures.h"

#include <algorithm>

#include "cpython/objects/set_table.h"
#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

// Where FutureObj and TaskObj (Modules/_asynciomodule.c) have their members, in words behind the head. The loop is the
// first one.
struct FutureLayout {
  std::uint32_t exception = 0;
  std::uint32_t result = 0;
  std::uint32_t state = 0;      // an int
  std::uint32_t waits_for = 0;  // of a task, from here on
  std::uint32_t coroutine = 0;
  std::uint32_t name = 0;         // 0: none
  std::uint32_t must_cancel = 0;  // an int; 0: a bit beside the state (3.13+)
};

// From 3.7 on the first callback has words of its own, which stand before the list of the others; from 3.14 on the word
// before the state has who awaits it.
constexpr std::uint32_t kFirstCallback = 1;
constexpr std::uint32_t kCallbacks = 3;
constexpr std::uint32_t kCallbacksOf36 = 1;
constexpr std::uint32_t kAwaitedBy = 10;

FutureLayout layout_of_future(PythonVersion version) {
  if (version < k3_7) {  // loop, callbacks, exception, result, source_tb, state …
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
  if (version < k3_14) {  // neither dict nor weakreflist, bits in place of ints
    return {.exception = 4, .result = 6, .state = 10, .waits_for = 12, .coroutine = 13, .name = 14};
  }
  // awaited_by; behind the state is_task and awaited_by_is_set, a byte each, then the bits
  return {.exception = 4, .result = 6, .state = 11, .waits_for = 13, .coroutine = 14, .name = 15};
}

std::optional<FutureState> state_of(std::optional<std::int32_t> number) {
  if (!number || *number < 0 || *number > 2) {
    return std::nullopt;
  }
  return static_cast<FutureState>(*number);
}

// The items of a list; at most `most`.
std::vector<Address> list_items(const Objects& objects, Address list, std::size_t most) {
  const Layout& layout = objects.layout();
  const auto count = objects.field<std::uint64_t>(list, layout.var_object.size_field);
  const auto items = objects.pointer(list, layout.list.items);
  if (!count || !items) {
    return {};
  }
  std::vector<Address> found(std::min<std::uint64_t>(*count, most));
  if (!objects.memory().read(*items, std::as_writable_bytes(std::span(found)))) {
    return {};
  }
  return found;
}

// The set of those who await: one object, or from the second one on a set of them.
std::optional<std::vector<Address>> awaiters_in(const Objects& objects, Address at, bool is_set, std::size_t most) {
  if (!is_set) {
    return at != 0 ? std::vector{at} : std::vector<Address>{};
  }
  const SetTable table(objects, at);
  std::vector<Address> found;
  const bool whole = table.sound() && table.each([&](Address one) {
    found.push_back(one);
    return found.size() < most;
  });
  return whole ? std::optional(std::move(found)) : std::nullopt;
}

}  // namespace

FutureClass future_class(Instances& instances, Address object) {
  if (instances.is_a(object, "_asyncio.Task")) {
    return FutureClass::c_task;
  }
  if (instances.is_a(object, "_asyncio.Future")) {
    return FutureClass::c_future;
  }
  if (instances.is_a(object, "asyncio.tasks.Task")) {
    return FutureClass::python_task;
  }
  return instances.is_a(object, "asyncio.futures.Future") ? FutureClass::python_future : FutureClass::none;
}

std::optional<Future> read_c_future(const Objects& objects, Address at, bool is_task) {
  const PythonVersion version = objects.layout().version;
  const FutureLayout layout = layout_of_future(version);
  const auto state = state_of(objects.field<std::int32_t>(at, word(objects, layout.state)));
  if (!state) {
    return std::nullopt;
  }
  const auto pointer = [&](std::uint32_t index) { return objects.pointer(at, word(objects, index)).value_or(0); };
  Future future{
      .state = *state, .loop = pointer(0), .result = pointer(layout.result), .exception = pointer(layout.exception)};
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
    const std::uint32_t bytes = version >= k3_14 ? 6 : 4;
    const auto bits = objects.field<std::uint8_t>(at, word(objects, layout.state).value() + bytes);
    future.must_cancel = bits && (*bits & 4U) != 0;
  }
  return future;
}

std::optional<Future> read_python_future(Instances& instances, Address at, bool is_task) {
  const auto loop = instances.get(at, "_loop");
  if (!loop) {
    return std::nullopt;
  }
  const auto attribute = [&](std::string_view name) { return instances.get(at, name).value_or(0); };
  // What was never set on the object stands in the class: pending, without a result.
  Future future{
      .loop = *loop, .result = attribute("_result"), .exception = attribute("_exception"), .is_task = is_task};
  if (instances.get(at, "_state")) {
    const auto state = instances.text(at, "_state");
    if (!state) {
      return std::nullopt;
    }
    future.state = *state == "PENDING"     ? FutureState::pending
                   : *state == "CANCELLED" ? FutureState::cancelled
                                           : FutureState::finished;
  }
  if (is_task) {
    future.must_cancel = instances.truth(at, "_must_cancel").value_or(false);
    future.waits_for = attribute("_fut_waiter");
    future.coroutine = attribute("_coro");
    future.name = attribute("_name");
  }
  return future;
}

std::optional<Future> read_future(Instances& instances, Address at, FutureClass kind) {
  switch (kind) {
    case FutureClass::none:
      return std::nullopt;
    case FutureClass::c_future:
    case FutureClass::c_task:
      return read_c_future(instances.objects(), at, is_task(kind));
    case FutureClass::python_future:
    case FutureClass::python_task:
      return read_python_future(instances, at, is_task(kind));
  }
  return std::nullopt;
}

std::vector<Address> callbacks_of(Instances& instances, Address at, FutureClass kind, std::size_t most) {
  const Objects& objects = instances.objects();
  const bool python = kind == FutureClass::python_future || kind == FutureClass::python_task;
  const bool old = objects.layout().version < k3_7;
  std::vector<Address> found;
  if (!python && !old) {
    if (const auto first = part(objects, at, kFirstCallback)) {
      found.push_back(*first);
    }
  }
  const auto list = python ? instances.get(at, "_callbacks") : part(objects, at, old ? kCallbacksOf36 : kCallbacks);
  if (!list || instances.is_none(*list)) {
    return found;
  }
  for (const Address item : list_items(objects, *list, most)) {
    // (callback, context) from 3.7 on.
    const auto callback = old ? std::optional(item) : objects.pointer(item, objects.layout().tuple.items);
    if (callback && *callback != 0) {
      found.push_back(*callback);
    }
  }
  return found;
}

std::optional<std::vector<Address>> awaited_by(Instances& instances, Address at, FutureClass kind, std::size_t most) {
  const Objects& objects = instances.objects();
  if (objects.layout().version < k3_14) {
    return std::nullopt;
  }
  if (kind == FutureClass::python_future || kind == FutureClass::python_task) {
    // What was never set stands in the class: None.
    const auto set = instances.get(at, "_Future__asyncio_awaited_by");
    return set && !instances.is_none(*set) ? awaiters_in(objects, *set, true, most) : std::vector<Address>{};
  }
  const auto who = objects.pointer(at, word(objects, kAwaitedBy));
  const std::uint32_t state = word(objects, layout_of_future(objects.layout().version).state).value();
  const auto is_set = objects.field<std::uint8_t>(at, state + 5U);  // behind the state and is_task
  return who && is_set ? awaiters_in(objects, *who, *is_set != 0, most) : std::nullopt;
}

}  // namespace stillframe::cpython
