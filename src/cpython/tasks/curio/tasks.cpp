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
#include "cpython/values/fields.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kLongestName = 4096;
constexpr std::uint64_t kLongestState = 100;
constexpr std::uint64_t kMostVariables = 1000;

// The tasks of one interpreter.
class Reader {
 public:
  Reader(const Objects& objects, CodeCache& codes, const RawInterpreter& interpreter, RawTasks& found)
      : objects_(objects),
        interpreter_(interpreter),
        found_(found),
        types_(objects, Types::Purpose::recognition),
        instances_(objects, types_),
        variables_(objects, kMostVariables),
        chains_(objects, codes),
        waits_(instances_, variables_, interpreter) {}

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
    if (tasks.size() > most) {
      found_.left_out = true;
      found_.problems.push_back(fmt::format("there are more than {} tasks of curio: they are not shown", most));
      return;
    }
    if (!whole) {
      found_.problems.push_back(fmt::format(
          "the table of tasks of curio's kernel at {:#x} could not be read: tasks may be missing", kernel.kernel));
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
    RawLoopState state{.scheduler = model::Scheduler::curio, .thread = kernel.thread, .doing = kernel.doing};
    state.callback = std::move(kernel.callback);
    state.running_task = kernel.task;
    state.loop.address = kernel.kernel;
    state.loop.type = types_.name_of(kernel.kernel);
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
    if (const auto name = instances_.get(address, "name")) {
      task.name = objects_.text(*name, kLongestName).value_or("");
    }
    task.own_state = objects_.text(*state, kLongestState).value_or("");
    if (std::string type = types_.name_of(address); type != "curio.task.Task") {
      task.type = std::move(type);
    }
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

  const Objects& objects_;
  const RawInterpreter& interpreter_;
  RawTasks& found_;
  Types types_;
  Instances instances_;
  Variables variables_;
  AwaitChains chains_;
  CurioWaits waits_;
  // Of the kernel that is read.
  std::unordered_map<std::int64_t, Address> by_number_;
  std::unordered_map<Address, int> files_;             // descriptors by the objects that stand for them
  std::unordered_multimap<Address, Address> awaited_;  // tasks by those that they wait for
};

}  // namespace

CurioTasks::CurioTasks(const Objects& objects, const std::vector<Address>& interpreters) {
  for (const Address interpreter : interpreters) {
    if (has_curio(objects, interpreter)) {
      interpreters_.insert(interpreter);
    }
  }
}

void CurioTasks::read(const Objects& objects, CodeCache& codes, const RawProcess& process, std::size_t most,
                      RawTasks& found) const {
  for (const RawInterpreter& interpreter : process.interpreters) {
    if (interpreters_.contains(interpreter.address)) {
      Reader(objects, codes, interpreter, found).read(most);
    }
  }
}

}  // namespace stillframe::cpython
