#include "cpython/tasks/asyncio/tasks.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <unordered_map>
#include <unordered_set>

#include "cpython/tasks/asyncio/awaiters.h"
#include "cpython/tasks/asyncio/taskless_waits.h"
#include "cpython/tasks/asyncio/waits.h"
#include "cpython/tasks/await_chain.h"
#include "cpython/tasks/lock_holders.h"
#include "cpython/tasks/loop_threads.h"
#include "cpython/values/fields.h"
#include "text/scheduler_files.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kLongestName = 4096;
// Variables of a module's or class's body that are looked through for one.
constexpr std::uint64_t kMostVariables = 1000;

// Whether a task waits there for a lock of which it is told who holds it.
bool may_take_lock(const InnermostCall& call) {
  const auto is_of_lock = [](const InnermostCall::Function* one) {
    return one != nullptr && (one->file.ends_with("/asyncio/locks.py") || text::is_anyio_file(one->file));
  };
  return is_of_lock(call.function) || is_of_lock(call.caller);
}

// The tasks of one interpreter.
class Reader {
 public:
  Reader(const Objects& objects, CodeCache& codes, const RawInterpreter& interpreter, TaskDepth depth, RawTasks& found)
      : objects_(objects),
        interpreter_(interpreter),
        links_only_(depth == TaskDepth::links),
        found_(found),
        first_task_(found.tasks.size()),
        types_(objects, Types::Purpose::recognition),
        instances_(objects, types_),
        variables_(objects, kMostVariables),
        chains_(objects, codes),
        awaiters_(instances_),
        loops_(instances_),
        workers_(links_only_ ? Workers{} : find_workers(instances_, variables_, interpreter)),
        waits_(instances_, variables_, awaiters_, workers_) {}

  void read(const AsyncioModules& modules, const std::optional<AsyncioOffsets>& offsets, std::size_t most) {
    TaskList list = list_tasks(instances_, interpreter_, modules, offsets, most);
    std::ranges::move(list.problems, std::back_inserter(found_.problems));
    too_many_ = list.tasks.size() > most;
    if (too_many_) {
      leave_out(list, most);
    }
    find_running_loops(list);
    for (const Address task : list.tasks) {
      if (const auto one = read_future_of(task)) {
        links_only_ ? note_suspect(*one) : read_task(*one, list);
      }
    }
    for (const Pending& one : suspects_) {
      read_links(one);
    }
    find_lock_holders(instances_, std::span(found_.tasks).subspan(first_task_));
    see_who_waits_for_tasks();
    for (RawLoopState& loop : found_.loops) {
      if (loop.thread == 0 && !loop.loop.known) {
        loop.doing = model::LoopDoing::unknown;
      }
    }
  }

 private:
  void leave_out(TaskList& list, std::size_t most) {
    found_.left_out = true;
    found_.problems.push_back(fmt::format("there are more than {} tasks: only those that run are shown", most));
    list.tasks.clear();
    for (const auto& [loop, task] : list.running) {
      if (std::ranges::find(list.tasks, task) == list.tasks.end() && list.tasks.size() < most) {
        list.tasks.push_back(task);
      }
    }
  }

  RawLoop read_loop(Address address) {
    return links_only_ ? RawLoop{.address = address}
                       : loops_.read(address, too_many_ ? LoopDepth::state : LoopDepth::all);
  }

  void find_running_loops(const TaskList& list) {
    for (RunningLoop& running : running_loops(instances_, variables_, interpreter_)) {
      RawLoopState& loop = loop_at(running.loop);
      loop.thread = running.thread;
      loop.doing = running.doing;
      loop.callback = std::move(running.callback);
    }
    for (const auto& [thread, address] : list.loops) {  // 3.14+: what the threads themselves say
      RawLoopState& loop = loop_at(address);
      if (loop.thread == 0) {
        loop.thread = thread;
        loop.doing = model::LoopDoing::between;
      }
    }
    for (const auto& [address, task] : list.running) {
      loop_at(address).running_task = task;
    }
  }

  RawLoopState& loop_at(Address address) {
    const auto [known, fresh] = loop_index_.try_emplace(address, found_.loops.size());
    if (fresh) {
      found_.loops.push_back({.loop = read_loop(address)});
      const RawLoopState& loop = found_.loops.back();
      if (!loop.loop.whole) {
        found_.problems.push_back(fmt::format("not all timers and files of the loop at {:#x} could be read", address));
      }
    }
    return found_.loops[known->second];
  }

  // A task that has not ended.
  struct Pending {
    Address address = 0;
    Future future;
    FutureClass kind = FutureClass::none;
  };

  // Nothing of one that has ended, or that cannot be read.
  std::optional<Pending> read_future_of(Address task) {
    const FutureClass kind = class_of(task);
    auto future = is_task(kind) ? read_future(instances_, task, kind) : std::nullopt;
    if (!future || future->loop == 0) {
      ++found_.unreadable;
      return std::nullopt;
    }
    return future->state == FutureState::pending
               ? std::optional(Pending{.address = task, .future = *future, .kind = kind})
               : std::nullopt;
  }

  void read_task(const Pending& one, const TaskList& list) {
    const Future& future = one.future;
    RawTask task{.address = one.address, .loop = future.loop, .cancelling = future.must_cancel};
    task.name = name_of(future.name);
    task.type = types_.name_of(one.address);
    AwaitChain chain = chains_.follow(future.coroutine);
    const auto running = list.running.find(future.loop);
    tell_state(future, chain, running != list.running.end() && running->second == one.address, task);
    const RawLoop& loop = loop_at(future.loop).loop;
    if (task.state == model::TaskState::waiting) {
      task.wait = waits_.find(chain, waited_for(future), &loop);
    }
    task.awaited_by = awaiters_.of(one.address, one.kind);
    tell_timeout(future, loop, task);
    add(std::move(task), std::move(chain));
  }

  // One that runs, or may wait for another task or for a lock: no other stands in a circle.
  void note_suspect(const Pending& one) {
    const bool waits = one.future.waits_for != 0 &&
                       (one.kind != FutureClass::python_task || !instances_.is_none(one.future.waits_for));
    if (!waits) {
      const auto coroutine = generator_state(objects_, one.future.coroutine);
      if (coroutine && coroutine->state != Suspension::running) {
        return;
      }
    }
    const auto call = waits ? chains_.innermost(one.future.coroutine, never_leads_to_task) : std::nullopt;
    if (call && awaits_no_task(*call)) {
      return;
    }
    calls_matter_ = calls_matter_ || !call || may_take_lock(*call);
    suspects_.push_back(one);
  }

  // As much of a task as tells whether it runs or stands in a circle. Calls tell who has a lock, if anybody wants one.
  void read_links(const Pending& one) {
    AwaitChain chain = calls_matter_ ? chains_.follow(one.future.coroutine) : AwaitChain{};
    RawTask task{.address = one.address,
                 .loop = one.future.loop,
                 .state = chain.running ? model::TaskState::running : model::TaskState::waiting};
    if (calls_matter_) {
      task.wait = waits_.find(chain, waited_for(one.future), nullptr);
    }
    task.awaited_by = awaiters_.of(one.address, one.kind);
    add(std::move(task), std::move(chain));
  }

  void add(RawTask task, AwaitChain chain) {
    if (chain.running) {
      note_running(add_calls(interpreter_, chain), chain, task);
    }
    task.frames = std::move(chain.frames);
    task.broken = std::move(chain.broken);
    found_.tasks.push_back(std::move(task));
  }

  FutureClass class_of(Address task) {
    const auto type = objects_.type_of(task);
    const auto [known, fresh] = classes_.try_emplace(type.value_or(0), FutureClass::none);
    if (fresh) {
      // That of nearly all tasks, for which no more has to be read of it than its name.
      const bool usual = type && objects_.type_name(*type) == "_asyncio.Task";
      known->second = usual ? FutureClass::c_task : future_class(instances_, task);
    }
    return known->second;
  }

  // Which thread runs a loop of C code is told by a task that it runs.
  void note_running(Address thread, const AwaitChain& chain, const RawTask& task) {
    RawLoopState& loop = loop_at(task.loop);
    if (loop.thread == 0 && thread != 0) {
      loop.thread = thread;
      loop.doing = model::LoopDoing::runs;
      loop.callback = chain.frames;
      loop.running_task = task.address;
    }
  }

  // Names that nobody gave are kept as numbers from 3.12 on.
  std::string name_of(Address name) {
    if (name == 0 || instances_.is_none(name)) {
      return {};
    }
    if (const auto number = signed_integer(objects_, name)) {
      return fmt::format("Task-{}", *number);
    }
    return objects_.text(name, kLongestName).value_or("");
  }

  Address waited_for(const Future& future) {
    return future.waits_for != 0 && !instances_.is_none(future.waits_for) ? future.waits_for : 0;
  }

  void tell_state(const Future& future, const AwaitChain& chain, bool current, RawTask& task) {
    const Address waits_for = waited_for(future);
    if (current || chain.running) {
      task.state = model::TaskState::running;
    } else if (waits_for == 0 || is_done(waits_for)) {
      task.state = chain.begun ? model::TaskState::ready : model::TaskState::not_started;
    }
  }

  bool is_done(Address object) {
    const FutureClass kind = future_class(instances_, object);
    const auto future = read_future(instances_, object, kind);
    return future && future->state != FutureState::pending;
  }

  void tell_timeout(const Future& future, const RawLoop& loop, RawTask& task) {
    if (const auto timeout = loop.timeouts.find(task.address); timeout != loop.timeouts.end()) {
      task.timeout = timeout->second;
    } else if (const auto timer = loop.timers.find(waited_for(future));
               timer != loop.timers.end() && task.wait.kind != model::WaitKind::sleep) {
      task.timeout = timer->second;
    }
  }

  // A future that stands for tasks (gather(), a task group, wait()) is not what is waited for in the end.
  void see_who_waits_for_tasks() {
    std::unordered_set<Address> awaiting;
    for (const RawTask& task : found_.tasks | std::views::drop(first_task_)) {
      awaiting.insert(task.awaited_by.begin(), task.awaited_by.end());
    }
    for (RawTask& task : found_.tasks | std::views::drop(first_task_)) {
      const bool vague = task.wait.kind == model::WaitKind::future || task.wait.kind == model::WaitKind::other;
      if (vague && awaiting.contains(task.address)) {
        task.wait = {.kind = model::WaitKind::tasks};
      }
    }
  }

  const Objects& objects_;
  const RawInterpreter& interpreter_;
  bool links_only_;
  bool too_many_ = false;  // tasks; each may have a timer and a file too
  RawTasks& found_;
  std::size_t first_task_;  // of this interpreter, in found_
  Types types_;
  Instances instances_;
  Variables variables_;
  AwaitChains chains_;
  Awaiters awaiters_;
  Loops loops_;
  Workers workers_;
  TaskWaits waits_;
  std::unordered_map<Address, FutureClass> classes_;  // by type
  std::vector<Pending> suspects_;
  bool calls_matter_ = false;  // somebody may wait for a lock, or it is not known for what
  std::unordered_map<Address, std::size_t> loop_index_;
};

}  // namespace

AsyncioTasks::AsyncioTasks(const target::Target& target, const Objects& objects,
                           const std::vector<Address>& interpreters) {
  for (const Address interpreter : interpreters) {
    if (const auto modules = find_asyncio(objects, interpreter)) {
      modules_.emplace(interpreter, *modules);
    }
  }
  if (!modules_.empty() && objects.layout().version >= PythonVersion{3, 14, 0}) {
    offsets_ = find_asyncio_offsets(target, objects);
  }
}

RawTasks AsyncioTasks::read(const Objects& objects, CodeCache& codes, const RawProcess& process, std::size_t most,
                            TaskDepth depth) const {
  RawTasks found;
  for (const RawInterpreter& interpreter : process.interpreters) {
    if (const auto modules = modules_.find(interpreter.address); modules != modules_.end()) {
      Reader(objects, codes, interpreter, depth, found).read(modules->second, offsets_, most);
    }
  }
  return found;
}

}  // namespace stillframe::cpython
