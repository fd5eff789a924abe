#include "cpython/tasks/trio/tasks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ranges>
#include <unordered_map>

#include "cpython/objects/set_table.h"
#include "cpython/tasks/await_chain.h"
#include "cpython/tasks/loop_threads.h"
#include "cpython/tasks/scheduler_calls.h"
#include "cpython/tasks/trio/runners.h"
#include "cpython/tasks/trio/waits.h"
#include "cpython/values/fields.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kLongestName = 4096;
constexpr std::uint64_t kMostVariables = 1000;
// Timers of one run that are looked at.
constexpr std::uint64_t kMostTimers = 1'000'000;
// Cancel scopes around one task: no program nests deeper than its calls do.
constexpr std::uint64_t kMostScopes = 10'000;

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

  void read(Address context, std::size_t most) {
    for (TrioRun& run : trio_runs(instances_, variables_, interpreter_, context)) {
      read_run(run, most);
    }
  }

 private:
  // Runner in trio/_core/_run.py.
  void read_run(TrioRun& run, std::size_t most) {
    const auto set = instances_.get(run.runner, "tasks");
    const SetTable table(objects_, set.value_or(0));
    const std::size_t first = found_.tasks.size();
    std::vector<Address> tasks;
    const bool whole = set && table.sound() && table.each([&](Address task) {
      tasks.push_back(task);
      return tasks.size() <= most;
    });
    add_loop(run);
    if (tasks.size() > most) {
      found_.left_out = true;
      found_.problems.push_back(fmt::format("there are more than {} tasks of trio: they are not shown", most));
      return;
    }
    if (!whole) {
      found_.problems.push_back(
          fmt::format("the set of tasks of trio's run at {:#x} could not be read: tasks may be "
                      "missing",
                      run.runner));
    }
    nurseries_.clear();
    for (const Address task : tasks) {
      read_task(task, run);
    }
    see_who_waits_for_tasks(first);
  }

  void add_loop(TrioRun& run) {
    RawLoopState state{.scheduler = model::Scheduler::trio, .thread = run.thread, .doing = run.doing};
    state.callback = std::move(run.callback);
    state.running_task = run.task;
    RawLoop& loop = state.loop;
    loop.address = run.runner;
    loop.type = types_.name_of(run.runner);
    const auto clock = instances_.get(run.runner, "clock");
    clock_offset_ = clock ? instances_.real(*clock, "offset") : std::nullopt;
    const auto queue = instances_.get(run.runner, "runq");
    const auto waiting = queue ? length_of(objects_, *queue) : std::nullopt;
    loop.known = waiting.has_value();
    loop.ready = waiting.value_or(0) + run.batch;
    read_timers(run.runner, loop);
    found_.loops.push_back(std::move(state));
  }

  // A heap of (deadline, id, scope); what is no scope's deadline any more stays in it.
  void read_timers(Address runner, RawLoop& loop) {
    const auto deadlines = instances_.get(runner, "deadlines");
    const auto heap = deadlines ? instances_.get(*deadlines, "_heap") : std::nullopt;
    const auto count = heap ? length_of(objects_, *heap) : std::nullopt;
    const auto items = heap ? objects_.pointer(*heap, objects_.layout().list.items) : std::nullopt;
    if (!count || !items) {
      return;
    }
    loop.scheduled = *count;
    for (std::uint64_t i = 0; i < std::min(*count, kMostTimers); ++i) {
      const auto timer = objects_.memory().get<Address>(*items + i * sizeof(Address));
      if (!timer) {
        return;
      }
      const Address parts = *timer + objects_.layout().tuple.items.value();
      const auto when = objects_.memory().get<Address>(parts);
      const auto scope = objects_.memory().get<Address>(parts + 2 * sizeof(Address));
      const Type* type = when ? types_.of(*when) : nullptr;
      const auto deadline = type != nullptr ? real_number(objects_, *type, *when) : std::nullopt;
      const auto end = monotonic(deadline);
      if (end && scope && instances_.real(*scope, "_registered_deadline") == deadline) {
        loop.next_timer = std::min(loop.next_timer.value_or(*end), *end);
      }
    }
  }

  // trio's clock is that of time.perf_counter(), which is CLOCK_MONOTONIC, and an offset; clocks of tests have none.
  [[nodiscard]] std::optional<double> monotonic(std::optional<double> when) const {
    return when && clock_offset_ && std::isfinite(*when) ? std::optional(*when - *clock_offset_) : std::nullopt;
  }

  void read_task(Address address, const TrioRun& run) {
    const auto coroutine = instances_.get(address, "coro");
    if (!coroutine) {
      ++found_.unreadable;
      return;
    }
    RawTask task{.address = address, .loop = run.runner};
    if (const auto name = instances_.get(address, "name")) {
      task.name = objects_.text(*name, kLongestName).value_or("");
    }
    if (std::string type = types_.name_of(address); type != "trio.lowlevel.Task") {
      task.type = std::move(type);
    }
    task.parent = parent_of(address);
    AwaitChain chain = chains_.follow(*coroutine);
    // Who waits can be told to stop waiting, by this function.
    const auto abort = instances_.get(address, "_abort_func");
    if (chain.running || run.task == address) {
      task.state = model::TaskState::running;
    } else if (!abort || instances_.is_none(*abort)) {
      task.state = chain.begun ? model::TaskState::ready : model::TaskState::not_started;
    } else {
      auto [wait, nursery] = waits_.find(chain, instances_.get(address, "custom_sleep_data").value_or(0));
      task.wait = std::move(wait);
      task.wait.when = monotonic(task.wait.when);
      if (nursery != 0) {
        nurseries_.emplace(nursery, address);
      }
    }
    read_cancelling(task);
    add_task(interpreter_, std::move(chain), "/trio/_core/_traps.py", std::move(task), found_);
  }

  Address parent_of(Address task) {
    const auto nursery = instances_.get(task, "_parent_nursery");
    const auto parent = nursery ? instances_.get(*nursery, "_parent_task") : std::nullopt;
    return parent && !instances_.is_none(*parent) ? *parent : 0;
  }

  // Cancel scopes within one another, the innermost first (CancelStatus in trio/_core/_run.py).
  void read_cancelling(RawTask& task) {
    auto status = instances_.get(task.address, "_cancel_status");
    task.cancelling = status && instances_.truth(*status, "effectively_cancelled").value_or(false);
    ChainGuard guard(kMostScopes);
    // A sleep ends by a scope of its own.
    bool own = task.wait.kind == model::WaitKind::sleep && task.wait.when;
    while (status && !instances_.is_none(*status) && guard.step(*status)) {
      const auto scope = instances_.get(*status, "_scope");
      const auto deadline = scope ? monotonic(instances_.real(*scope, "_registered_deadline")) : std::nullopt;
      if (deadline && !own) {
        task.timeout = std::min(task.timeout.value_or(*deadline), *deadline);
      }
      own = false;
      if (scope && instances_.truth(*scope, "_shield").value_or(false)) {
        break;  // what is around it does not reach in here
      }
      status = instances_.get(*status, "_parent");
    }
  }

  // Who stands at the end of a nursery's block awaits its tasks.
  void see_who_waits_for_tasks(std::size_t first) {
    if (nurseries_.empty()) {
      return;
    }
    for (RawTask& task : found_.tasks | std::views::drop(first)) {
      const auto nursery = instances_.get(task.address, "_parent_nursery");
      const auto waiter = nursery ? nurseries_.find(*nursery) : nurseries_.end();
      if (waiter != nurseries_.end()) {
        task.awaited_by.push_back(waiter->second);
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
  TrioWaits waits_;
  std::optional<double> clock_offset_;              // of the run that is read
  std::unordered_map<Address, Address> nurseries_;  // tasks of that run that wait for all tasks of one
};

}  // namespace

TrioTasks::TrioTasks(const Objects& objects, const std::vector<Address>& interpreters) {
  for (const Address interpreter : interpreters) {
    if (const auto context = find_trio(objects, interpreter)) {
      contexts_.emplace(interpreter, *context);
    }
  }
}

void TrioTasks::read(const Objects& objects, CodeCache& codes, const RawProcess& process, std::size_t most,
                     RawTasks& found) const {
  for (const RawInterpreter& interpreter : process.interpreters) {
    if (const auto context = contexts_.find(interpreter.address); context != contexts_.end()) {
      Reader(objects, codes, interpreter, found).read(context->second, most);
    }
  }
}

}  // namespace stillframe::cpython
