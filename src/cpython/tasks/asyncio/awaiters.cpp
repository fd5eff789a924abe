#include "cpython/tasks/asyncio/awaiters.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "cpython/objects/deque.h"
#include "cpython/objects/function_words.h"
#include "cpython/values/members.h"
#include "text/scheduler_files.h"

namespace stillframe::cpython {
namespace {

// Callbacks of one future, and tasks that await one: a queue that ten thousand tasks wait for has as many.
constexpr std::size_t kMost = 100'000;
// Futures between a task and who awaits it: gather() within gather() within wait_for() and so on.
constexpr std::size_t kFurthest = 1000;
// Cells of a closure, arguments of a call.
constexpr std::uint64_t kMostParts = 64;

void add(std::vector<Address>& found, Address one) {
  // Few wait for one; where thousands do (they all wait for one event) those of the library come once each.
  constexpr std::size_t kFew = 64;
  if (found.size() > kFew || std::ranges::find(found, one) == found.end()) {
    found.push_back(one);
  }
}

}  // namespace

std::vector<Address> Awaiters::of(Address future, FutureClass kind) {
  Seen seen{future};
  std::vector<Address> tasks;
  for (const Address one : awaited_by(instances_, future, kind, kMost).value_or(std::vector<Address>{})) {
    if (is_task(future_class(instances_, one))) {
      add(tasks, one);
    }
  }
  // 3.14 does not note everything: nothing of as_completed() up to 3.14.7.
  for (const Address one : led_to(future, kind)) {
    collect(one, seen, tasks);
  }
  return tasks;
}

// A task is one who awaits; a future leads on to those who await it.
void Awaiters::collect(Address object, Seen& seen, std::vector<Address>& tasks) {
  if (seen.size() > kFurthest || !seen.insert(object).second) {
    return;
  }
  const FutureClass kind = future_class(instances_, object);
  if (is_task(kind)) {
    add(tasks, object);
  } else if (kind != FutureClass::none) {
    for (const Address one : of_plain_future(object, kind, seen)) {
      add(tasks, one);
    }
  }
}

const std::vector<Address>& Awaiters::of_plain_future(Address future, FutureClass kind, Seen& seen) {
  // Asked again on the way it has nobody yet: a circle is cut.
  const auto [known, fresh] = plain_.try_emplace(future);
  if (fresh) {
    std::vector<Address> tasks;
    for (const Address one : led_to(future, kind)) {
      collect(one, seen, tasks);
    }
    return plain_[future] = std::move(tasks);
  }
  return known->second;
}

std::vector<Address> Awaiters::led_to(Address future, FutureClass kind) {
  std::vector<Address> found;
  for (const Address callback : callbacks_of(instances_, future, kind, kMost)) {
    follow_callback(callback, found);
  }
  return found;
}

void Awaiters::follow_callback(Address callback, std::vector<Address>& found) {
  const Objects& objects = instances_.objects();
  const Callback kind = kind_of(callback);
  switch (kind) {
    case Callback::wrapper:
      follow_object(part(objects, callback, 0).value_or(0), found);
      break;
    case Callback::builtin:
    case Callback::method:
      if (kind == Callback::builtin ? is_wakeup(callback) : is_method_that_wakes(callback)) {
        follow_object(part(objects, callback, 1).value_or(0), found);
      }
      break;
    case Callback::function:
      follow_closure(callback, found);
      break;
    case Callback::partial:  // functools.partial: function, arguments
      follow_items(part(objects, callback, 1).value_or(0), false, found);
      break;
    case Callback::other:
      break;
  }
}

// C code's TaskStepMethWrapper and, in 3.6 and 3.7, TaskWakeupMethWrapper begin with the task; from 3.8 on a task is
// the self of its wake-up, a built-in method (Modules/_asynciomodule.c).
Awaiters::Callback Awaiters::kind_of(Address callback) {
  constexpr std::array kNames{
      std::pair{std::string_view("TaskStepMethWrapper"), Callback::wrapper},
      std::pair{std::string_view("TaskWakeupMethWrapper"), Callback::wrapper},
      std::pair{std::string_view("builtin_function_or_method"), Callback::builtin},
      std::pair{std::string_view("method"), Callback::method},
      std::pair{std::string_view("function"), Callback::function},
      std::pair{std::string_view("partial"), Callback::partial},
  };
  const auto type = instances_.objects().type_of(callback);
  if (!type) {
    return Callback::other;
  }
  const auto [known, fresh] = kinds_.try_emplace(*type, Callback::other);
  if (fresh) {
    const std::string qualified = instances_.objects().type_name(*type).value_or("");
    const std::string_view name = std::string_view(qualified).substr(qualified.rfind('.') + 1);
    const auto* const found = std::ranges::find(kNames, name, [](const auto& one) { return one.first; });
    known->second = found == kNames.end() ? Callback::other : found->second;
  }
  return known->second;
}

// PyCFunctionObject begins with its PyMethodDef, and that with its name. Other methods of a task may be called as well:
// cancel().
bool Awaiters::is_wakeup(Address builtin) {
  const Objects& objects = instances_.objects();
  const auto definition = part(objects, builtin, 0);
  const auto name = definition ? objects.pointer(*definition, Offset(0)) : std::nullopt;
  return name && *name != 0 && objects.c_string(*name, 64) == "task_wakeup";
}

// Task.__wakeup, TaskGroup._on_task_done, _AsCompletedIterator._handle_completion.
bool Awaiters::is_method_that_wakes(Address method) {
  constexpr std::array names{"__wakeup", "_wakeup", "_on_task_done", "_handle_completion"};
  const Objects& objects = instances_.objects();
  const auto function = part(objects, method, 0);
  const auto code = function ? part(objects, *function, function_words(objects.layout().version).code) : std::nullopt;
  const auto name_at = code ? objects.pointer(*code, objects.layout().code.name) : std::nullopt;
  const auto name = name_at ? objects.text(*name_at, 64) : std::nullopt;
  return name && std::ranges::find(names, *name) != names.end() && is_of_library(*code);
}

// What gather(), wait(), shield(), as_completed() and run_in_executor() have called is a function within a function,
// whose cells hold what they wait with.
void Awaiters::follow_closure(Address function, std::vector<Address>& found) {
  const Objects& objects = instances_.objects();
  const FunctionWords words = function_words(objects.layout().version);
  const auto code = part(objects, function, words.code);
  const auto closure = part(objects, function, words.closure);
  if (code && closure && is_of_library(*code)) {
    follow_items(*closure, true, found);
  }
}

void Awaiters::follow_items(Address tuple, bool cells, std::vector<Address>& found) {
  const Objects& objects = instances_.objects();
  const Layout& layout = objects.layout();
  const auto count = objects.field<std::uint64_t>(tuple, layout.var_object.size_field);
  for (std::uint64_t i = 0; count && i < std::min(*count, kMostParts); ++i) {
    const auto item = objects.memory().get<Address>(tuple + layout.tuple.items.value() + i * sizeof(Address));
    if (item && *item != 0) {
      follow_object(cells ? part(objects, *item, 0).value_or(0) : *item, found);
    }
  }
}

// A future or task is one itself; a task group and a queue lead to those who wait with them.
void Awaiters::follow_object(Address object, std::vector<Address>& found) {
  if (object == 0 || instances_.types().of(object) == nullptr) {
    return;
  }
  if (future_class(instances_, object) != FutureClass::none ||
      instances_.is_a(object, "concurrent.futures._base.Future")) {
    add(found, object);
  } else if (instances_.is_a(object, "asyncio.taskgroups.TaskGroup")) {
    if (const auto parent = instances_.get(object, "_parent_task")) {
      add(found, *parent);
    }
  } else if (instances_.is_a(object, "anyio._backends._asyncio.TaskGroup")) {
    // Set while somebody stands at the end of its block (anyio 4.5+; before, that waits by asyncio.wait()).
    follow_object(instances_.get(object, "_on_completed_fut").value_or(0), found);
  } else if (instances_.is_a(object, "asyncio.tasks._AsCompletedIterator")) {  // 3.13+
    follow_object(instances_.get(object, "_done").value_or(0), found);
  } else if (instances_.is_a(object, "asyncio.queues.Queue")) {
    const auto getters = instances_.get(object, "_getters");
    auto deque = getters ? Deque::at(instances_.objects(), *getters) : std::nullopt;
    for (std::uint64_t i = 0; deque && i < std::min<std::uint64_t>(deque->length(), kMost); ++i) {
      const auto getter = deque->next();
      if (!getter) {
        break;
      }
      add(found, *getter);
    }
  }
}

bool Awaiters::is_of_library(Address code) {
  const auto [known, fresh] = library_codes_.try_emplace(code, false);
  if (fresh) {
    const Objects& objects = instances_.objects();
    const auto file = objects.pointer(code, objects.layout().code.filename);
    const auto path = file ? objects.text(*file) : std::nullopt;
    known->second = path && (text::is_asyncio_file(*path) || text::is_anyio_file(*path));
  }
  return known->second;
}

}  // namespace stillframe::cpython
