#include "cpython/tasks/curio/tasks.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <unordered_map>
#include <utility>

#include "cpython/tasks/await_chain.h"
#include "cpython/tasks/curio/kernels.h"
#include "cpython/tasks/curio/waits.h"
#include "cpython/tasks/lock_holders.h"
#include "cpython/tasks/loop_threads.h"
#include "cpython/tasks/scheduler_calls.h"
#include "cpython/tasks/selector_keys.h"
#include "cpython/tasks/task_collector.h"
#include "cpython/values/fields.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kLongestState = 100;

// The tasks of one interpreter.
class Reader : TaskCollector {
 public:
  Reader(const Objects& objects, CodeCache& codes, const RawInterpreter& interpreter, RawTasks& found)
      : TaskCollector(objects, codes, interpreter, found), waits_(instances_, variables_, interpreter) {}

  void read(std::size_t most) {
    for (CurioKernel& kernel : curio_kernels(instances_, variables_, interpreter_)) {
      read_kernel(kernel, most);
    }
  }

 private:
  // Kernel in curio/kernel.py: its tasks are in a dict by their numbers, which are given once.
  void read_kernel(CurioKernel& kernel, std::size_t most) {
    const auto table = instances_.get(kernel.kernel, "_tasks");
    std::vector<std::pair<std::int64_t, Address>> tasks;
    const bool whole = table && objects_.for_each_entry(*table, [&](Address number, Address task) {
      tasks.emplace_back(signed_integer(objects_, number).value_or(0), task);
      return tasks.size() <= most;
    });
    const std::size_t loop = found_.loops.size();
    add_loop(kernel);
    if (!accepts(tasks.size(), most, whole, model::Scheduler::curio,
                 fmt::format("the table of tasks of curio's kernel at {:#x}", kernel.kernel))) {
      return;
    }
    const std::size_t first = found_.tasks.size();
    by_number_ = {tasks.begin(), tasks.end()};
    awaited_.clear();
    read_files(kernel.kernel);
    for (const auto& [number, task] : tasks) {
      read_task(number, task, kernel);
    }
    const std::span own = std::span(found_.tasks).subspan(first);
    find_lock_holders(instances_, own);
    see_who_waits_for_tasks(own, found_.loops[loop].loop);
  }

  void add_loop(CurioKernel& kernel) {
    RawLoopState state = loop_state(model::Scheduler::curio, kernel.kernel);
    state.thread = kernel.thread;
    state.doing = kernel.doing;
    state.callback = std::move(kernel.callback);
    state.running_task = kernel.task;
    state.loop.known = kernel.ready.has_value();
    state.loop.ready = kernel.ready.value_or(0);
    found_.loops.push_back(std::move(state));
  }

  void read_files(Address kernel) {
    files_.clear();
    const auto selector = instances_.get(kernel, "_selector");
    if (selector &&
        !for_each_key(instances_, *selector, [&](const SelectorKey& key) { files_.emplace(key.file, key.fd); })) {
      found_.problems.push_back(fmt::format("not all files of curio's kernel at {:#x} could be read", kernel));
    }
  }

  // Task in curio/task.py. What sends to its coroutine is another one, of curio's own, that no view of curio's shows.
  void read_task(std::int64_t number, Address address, const CurioKernel& kernel) {
    const auto coroutine = instances_.get(address, "coro");
    const auto state = instances_.get(address, "state");
    if (!coroutine || !state) {
      ++found_.unreadable;
      return;
    }
    RawTask task{.address = address, .number = number, .loop = kernel.kernel};
    task.name = name_of_task(address);
    task.own_state = objects_.text(*state, kLongestState).value_or("");
    task.type = type_of_task(address, "curio.task.Task");
    task.parent = parent_of(address);
    // Times are those of time.monotonic(), which is CLOCK_MONOTONIC.
    task.timeout = instances_.real(address, "timeout");
    AwaitChain chain = chains_.follow(*coroutine);
    tell_state(chain, kernel.task == address, task);
    add_task(interpreter_, std::move(chain), "/curio/traps.py", std::move(task), found_);
  }

  void tell_state(const AwaitChain& chain, bool current, RawTask& task) {
    const auto pending = instances_.get(task.address, "cancel_pending");
    task.cancelling = pending && !instances_.is_none(*pending);
    if (chain.running || current) {
      task.state = model::TaskState::running;
    } else if (task.own_state == "READY" || task.own_state == "INITIAL") {
      task.state = chain.begun ? model::TaskState::ready : model::TaskState::not_started;
      task.cancelling = task.cancelling || instances_.truth(task.address, "cancelled").value_or(false);
    } else {
      auto [wait, awaited] = waits_.find(chain, files_);
      task.wait = std::move(wait);
      if (task.wait.kind == model::WaitKind::sleep) {
        task.wait.when = instances_.real(task.address, "sleep");
      }
      for (const Address one : awaited) {
        awaited_.emplace(one, task.address);
      }
    }
  }

  // The task that made it, if it has not ended.
  Address parent_of(Address task) {
    const auto number = instances_.integer(task, "parentid");
    const auto parent = number ? by_number_.find(*number) : by_number_.end();
    return parent != by_number_.end() ? parent->second : 0;
  }

  void see_who_waits_for_tasks(std::span<RawTask> tasks, RawLoop& loop) {
    for (RawTask& task : tasks) {
      const auto [first, last] = awaited_.equal_range(task.address);
      for (auto one = first; one != last; ++one) {
        task.awaited_by.push_back(one->second);
      }
      for (const auto& end : {task.timeout, task.wait.when}) {
        if (end) {
          ++loop.scheduled;
          loop.next_timer = std::min(loop.next_timer.value_or(*end), *end);
        }
      }
    }
  }

  CurioWaits waits_;
  // Of the kernel that is read.
  std::unordered_map<std::int64_t, Address> by_number_;
  std::unordered_map<Address, int> files_;             // descriptors by the objects that stand for them
  std::unordered_multimap<Address, Address> awaited_;  // tasks by those that they wait for
};

}  // namespace

CurioTasks::CurioTasks(const target::Target& /*target*/, const Objects& objects,
                       const std::vector<Address>& interpreters) {
  for (const Address interpreter : interpreters) {
    if (has_curio(objects, interpreter)) {
      interpreters_.insert(interpreter);
    }
  }
}

void CurioTasks::read(const TaskSource& from, RawTasks& found) const {
  for (const RawInterpreter& interpreter : from.process.interpreters) {
    if (interpreters_.contains(interpreter.address)) {
      Reader(from.objects, from.codes, interpreter, found).read(from.most);
    }
  }
}

const SchedulerEntry curio_scheduler{
    .id = model::Scheduler::curio, .by_greenlets = false, .find = make_task_reader<CurioTasks>};

}  // namespace stillframe::cpython
