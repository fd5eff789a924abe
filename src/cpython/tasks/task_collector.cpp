#include "cpython/tasks/task_collector.h"

#include <fmt/format.h>

#include "text/schedulers.h"

namespace stillframe::cpython {

void leave_tasks_out(std::size_t most, std::string_view what, RawTasks& found) {
  found.left_out = true;
  found.problems.push_back(fmt::format("there are more than {} {}: they are not shown", most, what));
}

bool TaskCollector::accepts(std::size_t count, std::size_t most, bool whole, model::Scheduler scheduler,
                            const std::string& table) {
  if (count > most) {
    leave_tasks_out(most, fmt::format("tasks of {}", text::words_of(scheduler).name), found_);
    return false;
  }
  if (!whole) {
    found_.problems.push_back(fmt::format("{} could not be read: tasks may be missing", table));
  }
  return true;
}

RawLoopState TaskCollector::loop_state(model::Scheduler scheduler, Address loop) {
  RawLoopState state{.scheduler = scheduler};
  state.loop.address = loop;
  state.loop.type = types_.name_of(loop);
  return state;
}

std::string TaskCollector::name_of_task(Address task) {
  const auto name = instances_.get(task, "name");
  return name ? objects_.text(*name, kLongestTaskName).value_or("") : "";
}

std::string TaskCollector::type_of_task(Address task, std::string_view own) {
  const std::string type = types_.name_of(task);
  return type == own ? "" : type;
}

}  // namespace stillframe::cpython
