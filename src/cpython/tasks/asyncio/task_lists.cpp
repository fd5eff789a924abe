#include "cpython/tasks/asyncio/task_lists.h"

#include <fmt/format.h>

#include <array>
#include <span>
#include <unordered_set>

#include "cpython/objects/set_table.h"
#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

std::optional<Address> module_dict(const Objects& objects, Address modules, std::string_view name) {
  const auto module = objects.lookup(modules, name);
  const auto dict = module ? objects.pointer(*module, objects.layout().module.dict) : std::nullopt;
  return dict && *dict != 0 ? dict : std::nullopt;
}

class Lister {
 public:
  Lister(Instances& instances, const RawInterpreter& interpreter, const AsyncioModules& modules,
         const std::optional<AsyncioOffsets>& offsets, std::size_t most)
      : instances_(instances),
        objects_(instances.objects()),
        interpreter_(interpreter),
        modules_(modules),
        offsets_(offsets),
        most_(most) {}

  TaskList list() {
    for (const Address dict : {modules_.tasks, modules_.extension}) {
      if (dict != 0) {
        list_module(dict);
      }
    }
    if (objects_.layout().version >= PythonVersion{3, 14, 0}) {
      list_threads();
    }
    return std::move(found_);
  }

 private:
  [[nodiscard]] bool is_full() const { return found_.tasks.size() > most_; }

  void add(Address task) {
    if (task != 0 && !is_full() && seen_.insert(task).second) {
      found_.tasks.push_back(task);
    }
  }

  // 3.7 to 3.11 have all tasks in one weak set, 3.12 and 3.13 those that were begun at once in a set of their own. In
  // 3.14 these sets hold only tasks that are no C objects. 3.6 keeps tasks of Python code in their class, and those of
  // C code in a variable of _asynciomodule.c.
  void list_module(Address dict) {
    constexpr std::array kSet{"_all_tasks"};
    constexpr std::array kSets{"_scheduled_tasks", "_eager_tasks"};
    const bool one = objects_.layout().version < PythonVersion{3, 12, 0};
    for (const char* name : one ? std::span<const char* const>(kSet) : std::span<const char* const>(kSets)) {
      if (const auto set = objects_.lookup(dict, name)) {
        list_set(*set, name);
      }
    }
    if (const auto running = objects_.lookup(dict, "_current_tasks")) {
      list_running(*running);
    }
    if (objects_.layout().version < PythonVersion{3, 7, 0} && dict == modules_.tasks) {
      list_class(objects_.lookup(dict, "_PyTask").value_or(objects_.lookup(dict, "Task").value_or(0)));
      if (modules_.extension != 0) {
        found_.problems.emplace_back(
            "tasks are missing: Python 3.6 keeps its list of them where nothing leads to it, but for those that run");
      }
    }
  }

  void list_class(Address address) {
    const Type* type = address != 0 ? instances_.types().find(address) : nullptr;
    if (type == nullptr) {
      return;
    }
    if (const auto set = instances_.types().class_attribute(*type, "_all_tasks")) {
      list_set(*set, "_all_tasks");
    }
    if (const auto running = instances_.types().class_attribute(*type, "_current_tasks")) {
      list_running(*running);
    }
  }

  // A WeakSet (Lib/_weakrefset.py) keeps weak references in `data`.
  void list_set(Address set, std::string_view name) {
    if (!listed_.insert(set).second) {
      return;
    }
    const auto data = objects_.instance_attribute(set, "data");
    const SetTable table(objects_, data.value_or(set));
    const bool whole = table.sound() && table.each([&](Address element) {
      add(data ? part(objects_, element, 0).value_or(0) : element);
      return !is_full();
    });
    if (!whole) {
      found_.problems.push_back(fmt::format("asyncio's set of tasks {} could not be read: tasks may be missing", name));
    }
  }

  // {loop: task}
  void list_running(Address dict) {
    if (listed_.insert(dict).second) {
      objects_.for_each_entry(dict, [&](Address loop, Address task) {
        found_.running.emplace(loop, task);
        add(task);
        return found_.running.size() < kMostTasks;
      });
    }
  }

  // 3.14+: C tasks are linked into the thread state in which they were made, and into the interpreter once that thread
  // has ended (Modules/_asynciomodule.c, register_task()).
  void list_threads() {
    if (modules_.extension == 0) {
      return;
    }
    if (!offsets_) {
      found_.problems.emplace_back(
          "tasks are missing: asyncio's table of offsets (section .AsyncioDebug) was found in no mapped file");
      return;
    }
    list_nodes(interpreter_.address + offsets_->interpreter_head.value(), "of ended threads");
    for (const RawThread& thread : interpreter_.threads) {
      list_nodes(thread.address + offsets_->thread_head.value(), "of a thread");
      const auto loop = objects_.pointer(thread.address, offsets_->running_loop);
      const auto task = objects_.pointer(thread.address, offsets_->running_task);
      if (loop && *loop != 0) {
        found_.loops.emplace(thread.address, *loop);
        if (task && *task != 0) {
          found_.running.emplace(*loop, *task);
          add(*task);
        }
      }
    }
  }

  // struct llist_node {next, prev}, a ring that begins and ends at its head; empty ones of old threads are all zero.
  void list_nodes(Address head, std::string_view whose) {
    ChainGuard guard(kMostTasks);
    auto node = objects_.memory().get<Address>(head);
    while (node && *node != 0 && *node != head && !is_full() && guard.step(*node)) {
      add(*node - offsets_->task_node.value());
      node = objects_.memory().get<Address>(*node);
    }
    if (!is_full() && (!node || (*node != 0 && *node != head))) {
      found_.problems.push_back(fmt::format("asyncio's list of tasks {} is cut short: tasks may be missing", whose));
    }
  }

  Instances& instances_;
  const Objects& objects_;
  const RawInterpreter& interpreter_;
  const AsyncioModules& modules_;
  const std::optional<AsyncioOffsets>& offsets_;
  std::size_t most_;
  TaskList found_;
  std::unordered_set<Address> seen_;
  std::unordered_set<Address> listed_;  // sets and dicts: both modules have the same ones
};

}  // namespace

std::optional<AsyncioModules> find_asyncio(const Objects& objects, Address interpreter) {
  const auto modules = objects.pointer(interpreter, objects.layout().interpreter.modules);
  const auto tasks = modules && *modules != 0 ? module_dict(objects, *modules, "asyncio.tasks") : std::nullopt;
  if (!tasks) {
    return std::nullopt;
  }
  return AsyncioModules{.tasks = *tasks, .extension = module_dict(objects, *modules, "_asyncio").value_or(0)};
}

TaskList list_tasks(Instances& instances, const RawInterpreter& interpreter, const AsyncioModules& modules,
                    const std::optional<AsyncioOffsets>& offsets, std::size_t most) {
  return Lister(instances, interpreter, modules, offsets, most).list();
}

}  // namespace stillframe::cpython
