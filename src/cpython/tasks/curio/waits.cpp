#include "cpython/tasks/curio/waits.h"

#include <algorithm>
#include <array>

#include "cpython/objects/set_table.h"
#include "cpython/tasks/lock_holders.h"
#include "cpython/tasks/loop_threads.h"
#include "cpython/values/fields.h"
#include "text/scheduler_files.h"

namespace stillframe::cpython {

using model::WaitKind;

// A method of one of curio's own that waits. `of`: by what others wait for; nothing: by itself.
struct CurioWaits::Known {
  std::string_view type;
  std::string_view function;
  WaitKind kind;
  WaitKind of = WaitKind::nothing;
};

namespace {

constexpr std::size_t kMostTasks = 1'000'000;  // of all groups that are waited for together

// A trap is how a task asks the kernel for something; each has a function (curio/traps.py).
constexpr std::string_view kTraps = "/curio/traps.py";

}  // namespace

CurioWaits::CurioWaits(Instances& instances, Variables& variables, const RawInterpreter& interpreter)
    : instances_(instances),
      variables_(variables),
      library_(variables, text::is_curio_file),
      workers_(find_workers(instances, variables, interpreter)) {
  find_threads(interpreter);
}

// ThreadWorker.run_worker() in curio/workers.py, AsyncThread._func_runner() in curio/thread.py.
void CurioWaits::find_threads(const RawInterpreter& interpreter) {
  for (const RawThread& thread : interpreter.threads) {
    for (const RawFrame& frame : thread.chain.frames) {
      const SchedulerCall call{.frame = &frame, .function = frame.code->name};
      if (call.is("run_worker", "/curio/workers.py") || call.is("_func_runner", "/curio/thread.py")) {
        threads_.try_emplace(local_variable(variables_, frame, "self").value_or(0), thread.address);
      }
    }
  }
}

const CurioWaits::Known* CurioWaits::known_of(const SchedulerCall& call) {
  // curio 1.0 to 1.6: sync.py, queue.py, task.py, thread.py, workers.py, subprocess.py.
  static constexpr std::array kKnown{
      Known{"curio.sync.Event", "wait", WaitKind::event},
      Known{"curio.sync.UniversalEvent", "wait", WaitKind::event, WaitKind::future},
      Known{"curio.sync.Lock", "acquire", WaitKind::lock},
      Known{"curio.sync.RLock", "acquire", WaitKind::lock, WaitKind::lock},
      Known{"curio.sync.Semaphore", "acquire", WaitKind::semaphore},
      Known{"curio.sync.Condition", "wait", WaitKind::condition},
      Known{"curio.queue.QueueBase", "get", WaitKind::queue_get},
      Known{"curio.queue.QueueBase", "put", WaitKind::queue_put},
      Known{"curio.queue.QueueBase", "join", WaitKind::queue_join},
      Known{"curio.queue.UniversalQueueBase", "get", WaitKind::queue_get, WaitKind::future},
      Known{"curio.queue.UniversalQueueBase", "put", WaitKind::queue_put, WaitKind::future},
      Known{"curio.task.Task", "wait", WaitKind::tasks},
      Known{"curio.task.TaskGroup", "join", WaitKind::tasks, WaitKind::semaphore},
      Known{"curio.task.TaskGroup", "next_done", WaitKind::tasks, WaitKind::semaphore},
      Known{"curio.thread.AsyncThread", "wait", WaitKind::tasks, WaitKind::event},
      Known{"curio.thread.AsyncThread", "_coro_runner", WaitKind::executor, WaitKind::future},
      Known{"curio.workers.ThreadWorker", "apply", WaitKind::executor, WaitKind::future},
      Known{"curio.subprocess.Popen", "wait", WaitKind::process, WaitKind::executor},
  };
  const auto known = std::ranges::find_if(kKnown, [&](const Known& one) {
    return call.function == one.function && call.self != 0 && instances_.is_a(call.self, one.type);
  });
  return known == kKnown.end() ? nullptr : &*known;
}

CurioWaits::Found CurioWaits::find(const AwaitChain& chain, const std::unordered_map<Address, int>& files) {
  Found found;
  found.wait.kind = WaitKind::unknown;
  bool by_itself = false;
  for (const SchedulerCall& call : library_.of(chain)) {
    if (call.frame->code->filename.ends_with(kTraps)) {
      if (call.function != "_kernel_trap") {
        found.wait = of_trap(call, files);
      }
    } else if (call.is("sleep", "/curio/time.py") && found.wait.kind == WaitKind::sleep) {
      found.wait.delay = number_in(instances_, variables_, *call.frame, "seconds");
    } else if (const Known* known = known_of(call)) {
      const bool innermost = known->of == WaitKind::nothing;
      if (innermost ? !by_itself && found.wait.kind == WaitKind::other : known->of == found.wait.kind) {
        take(*known, call, found);
        by_itself = true;
      }
    }
  }
  return found;
}

void CurioWaits::take(const Known& known, const SchedulerCall& call, Found& found) {
  found.wait = {.kind = known.kind, .object = call.self};
  switch (known.kind) {
    case WaitKind::lock:
      add_owner(instances_, call.self, "_owner", found.wait);
      break;
    case WaitKind::queue_get:
    case WaitKind::queue_put:
    case WaitKind::queue_join:
      if (const auto items = instances_.get(call.self, "_queue")) {
        found.wait.count = length_of(instances_.objects(), *items);
      }
      break;
    case WaitKind::tasks:
      if (instances_.is_a(call.self, "curio.task.TaskGroup")) {
        add_tasks(call.self, found.tasks);
      } else {
        found.tasks = {task_of(call.self)};
      }
      break;
    case WaitKind::executor:
      add_thread(call.self, found.wait);
      break;
    case WaitKind::process:
      if (const auto popen = instances_.get(call.self, "_popen")) {
        found.wait.pid = instances_.integer(*popen, "pid");
      }
      break;
    default:
      break;
  }
}

RawWait CurioWaits::of_trap(const SchedulerCall& trap, const std::unordered_map<Address, int>& files) {
  if (trap.function == "_sleep") {
    return {.kind = WaitKind::sleep};
  }
  if (trap.function == "_read_wait" || trap.function == "_write_wait") {
    return of_file(trap, trap.function == "_write_wait", files);
  }
  if (trap.function == "_future_wait") {
    return of_future(local_variable(variables_, *trap.frame, "future").value_or(0));
  }
  if (trap.function == "_scheduler_wait") {
    const Address queue = local_variable(variables_, *trap.frame, "sched").value_or(0);
    return {.kind = WaitKind::other, .object = queue, .type = instances_.types().name_of(queue)};
  }
  return {.kind = WaitKind::unknown};
}

// A number, curio's own object for one (_Fd in curio/io.py), or what else has a file: the kernel knows which.
RawWait CurioWaits::of_file(const SchedulerCall& trap, bool writes, const std::unordered_map<Address, int>& files) {
  RawWait wait{.kind = writes ? WaitKind::write : WaitKind::read};
  const auto object = local_variable(variables_, *trap.frame, "fileobj");
  auto fd = number_in(instances_, variables_, *trap.frame, "fileobj");
  if (!fd && object) {
    if (const auto number = instances_.integer(*object, "fd")) {
      fd = static_cast<double>(*number);
    } else if (const auto known = files.find(*object); known != files.end()) {
      fd = known->second;
    }
  }
  wait.file = watched_file(fd, writes);
  return wait;
}

RawWait CurioWaits::of_future(Address future) {
  RawWait wait{.kind = WaitKind::future, .object = future, .type = instances_.types().name_of(future)};
  if (const auto worker = workers_.find(future); worker != workers_.end()) {
    wait = {.kind = WaitKind::executor, .job = future, .job_state = "RUNNING", .worker = worker->second};
  }
  return wait;
}

void CurioWaits::add_thread(Address worker, RawWait& wait) {
  if (const auto thread = threads_.find(worker); thread != threads_.end()) {
    wait.worker = thread->second;
    wait.job_state = "RUNNING";
  }
}

void CurioWaits::add_tasks(Address group, std::vector<Address>& tasks) {
  const auto running = instances_.get(group, "_running");
  const SetTable table(instances_.objects(), running.value_or(0));
  if (running && table.sound() && tasks_of_groups_ < kMostTasks) {
    table.each([&](Address one) {
      tasks.push_back(task_of(one));
      return ++tasks_of_groups_ < kMostTasks;
    });
  }
}

// Threads that take part have a task of their own.
Address CurioWaits::task_of(Address awaited) {
  return instances_.is_a(awaited, "curio.thread.AsyncThread") ? instances_.get(awaited, "_task").value_or(0) : awaited;
}

}  // namespace stillframe::cpython
