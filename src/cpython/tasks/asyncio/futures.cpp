#include "cpython/tasks/asyncio/futures.h"

#include <algorithm>

#include "cpython/objects/set_table.h"
#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

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
  const FutureWords& layout = objects.dialect().tasks.future;
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
    // log_tb, blocking, must_cancel.
    const auto bits = objects.field<std::uint8_t>(at, word(objects, layout.state).value() + layout.bits_behind_state);
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
  const FutureWords& layout = objects.dialect().tasks.future;
  std::vector<Address> found;
  if (!python && layout.first_callback != 0) {
    if (const auto first = part(objects, at, layout.first_callback)) {
      found.push_back(*first);
    }
  }
  const auto list = python ? instances.get(at, "_callbacks") : part(objects, at, layout.callbacks);
  if (!list || instances.is_none(*list)) {
    return found;
  }
  for (const Address item : list_items(objects, *list, most)) {
    const auto callback =
        layout.callbacks_have_context ? objects.pointer(item, objects.layout().tuple.items) : std::optional(item);
    if (callback && *callback != 0) {
      found.push_back(*callback);
    }
  }
  return found;
}

std::optional<std::vector<Address>> awaited_by(Instances& instances, Address at, FutureClass kind, std::size_t most) {
  const Objects& objects = instances.objects();
  const FutureWords& layout = objects.dialect().tasks.future;
  if (layout.awaited_by == 0) {
    return std::nullopt;
  }
  if (kind == FutureClass::python_future || kind == FutureClass::python_task) {
    // What was never set stands in the class: None.
    const auto set = instances.get(at, "_Future__asyncio_awaited_by");
    return set && !instances.is_none(*set) ? awaiters_in(objects, *set, true, most) : std::vector<Address>{};
  }
  const auto who = objects.pointer(at, word(objects, layout.awaited_by));
  const std::uint32_t state = word(objects, layout.state).value();
  const auto is_set = objects.field<std::uint8_t>(at, state + 5U);  // behind the state and is_task
  return who && is_set ? awaiters_in(objects, *who, *is_set != 0, most) : std::nullopt;
}

}  // namespace stillframe::cpython
