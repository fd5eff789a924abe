#include "capture/task_capture.h"

#include <algorithm>
#include <iterator>

#include "capture/task_trouble.h"
#include "cpython/tasks/gevent/tasks.h"

namespace stillframe::capture {
namespace {

// Tasks of a program of which nobody has asked for them.
constexpr std::size_t kFewTasks = 64;
// Fewer pages are copied in less time than a second stop takes, which is needed where one of them does not rest.
constexpr std::size_t kWorthLeavingOut = 512;
// Where more than one page of so many changed since it was read, one more will change before the stop is over.
constexpr std::size_t kRestingForEachChanged = 8;
// What changes to and fro, as counts of references do, may look unchanged once.
constexpr int kComparisons = 3;
// Stops after which pages were not as before; then all are copied.
constexpr int kMostFailures = 2;

std::vector<std::uint64_t> difference(const std::vector<std::uint64_t>& all, const std::vector<std::uint64_t>& some) {
  std::vector<std::uint64_t> rest;
  std::ranges::set_difference(all, some, std::back_inserter(rest));
  return rest;
}

std::vector<cpython::Address> running(const cpython::RawTasks& tasks) {
  std::vector<cpython::Address> addresses;
  for (const auto& loop : tasks.loops) {
    if (loop.running_task != 0) {
      addresses.push_back(loop.running_task);
    }
  }
  for (const auto& task : tasks.tasks) {
    if (task.state == model::TaskState::running) {
      addresses.push_back(task.address);
    }
  }
  std::ranges::sort(addresses);
  return addresses;
}

// Nothing is missing but what was left out.
bool is_sound(const cpython::RawTasks& tasks) {
  return tasks.unreadable == 0 && (tasks.problems.empty() || tasks.left_out);
}

}  // namespace

void TaskCapture::read(Snapshot& snapshot) {
  resting_.clear();
  in_order_ = option_ == TaskOption::none || !find_program(snapshot);
  if (in_order_) {
    return;
  }
  const std::size_t before = memory_.page_count();
  if (option_ == TaskOption::all) {
    read_tasks(snapshot);
  } else {
    read_trouble(snapshot);
  }
  resting_ = memory_.pages(before);
  running_ = snapshot.tasks ? running(*snapshot.tasks) : std::vector<cpython::Address>{};
}

// Who has not asked for tasks is told of them only where one of their libraries is at work.
bool TaskCapture::find_program(const Snapshot& snapshot) {
  const bool asked = option_ == TaskOption::all;
  const cpython::Schedulers wanted = asked ? cpython::Schedulers{} : cpython::schedulers_on_stacks(snapshot.process);
  if (!asked && !wanted.any() && snapshot.greenlets.greenlets.empty()) {
    return false;
  }
  if (!program_ || wanted != schedulers_) {
    schedulers_ = wanted;
    program_.emplace(target_, *snapshot.objects, cpython::list_interpreters(*snapshot.objects, runtime_), wanted);
  }
  return true;
}

void TaskCapture::read_trouble(Snapshot& snapshot) {
  const auto links = found(snapshot, cpython::TaskDepth::links);
  if (!is_sound(links)) {
    return;  // a stop may see more
  }
  in_order_ = !may_be_in_trouble(links);
  if (!in_order_) {
    read_tasks(snapshot);
  }
}

void TaskCapture::read_in_stop(Snapshot& snapshot) {
  if (!in_order_) {
    read_tasks(snapshot);
  }
}

cpython::RawTasks TaskCapture::found(const Snapshot& snapshot, cpython::TaskDepth depth) const {
  const std::size_t most = option_ == TaskOption::few ? kFewTasks : cpython::kMostTasks;
  auto tasks = program_->read(*snapshot.objects, *snapshot.codes, snapshot.process, most, depth);
  cpython::read_gevent(*snapshot.objects, snapshot.process, snapshot.greenlets, most, tasks);
  return tasks;
}

void TaskCapture::read_tasks(Snapshot& snapshot) const {
  snapshot.tasks = found(snapshot, cpython::TaskDepth::all);
  if (option_ == TaskOption::all) {
    return;
  }
  // Who has not asked for them need not hear what is missing.
  if (is_sound(*snapshot.tasks)) {
    snapshot.tasks->problems.clear();
  } else {
    snapshot.tasks.reset();
  }
}

std::vector<std::uint64_t> TaskCapture::pages_wanted() const {
  return in_order_ ? difference(memory_.pages(), resting_) : memory_.pages();
}

const std::vector<std::uint64_t>& TaskCapture::pages_that_rest() {
  if (in_order_) {
    copy_all_in_stop();
  }
  for (int i = 0; i < kComparisons && resting_.size() >= kWorthLeavingOut; ++i) {
    const auto changed = memory_.outdated(resting_);
    const bool few_changed = changed.size() * kRestingForEachChanged <= resting_.size();
    resting_ = few_changed ? difference(resting_, changed) : std::vector<std::uint64_t>{};
  }
  if (resting_.size() < kWorthLeavingOut) {
    copy_all_in_stop();
  }
  return resting_;
}

void TaskCapture::finish_stop() {
  changed_ = resting_.empty() ? resting_ : memory_.outdated(resting_);
}

bool TaskCapture::read_copied(Snapshot& snapshot, std::vector<std::uint64_t>& pages) {
  if (in_order_ || snapshot.tasks) {
    return true;
  }
  if (!changed_.empty()) {
    resting_ = ++failures_ < kMostFailures ? difference(resting_, changed_) : std::vector<std::uint64_t>{};
    return false;
  }
  std::vector<std::uint64_t> touched;
  const std::uint64_t before = memory_.late_reads();
  memory_.trace_into(&touched);
  read_tasks(snapshot);
  memory_.trace_into(nullptr);
  if (!resting_.empty() && snapshot.tasks && running(*snapshot.tasks) != running_) {
    copy_all_in_stop();  // a task that runs now and did not before may have left no trace of it where it rests
    return false;
  }
  if (memory_.late_reads() == before) {
    return true;
  }
  if (option_ == TaskOption::few) {
    snapshot.tasks.reset();  // they are not worth another stop
    return true;
  }
  std::vector<std::uint64_t> all;
  std::ranges::sort(touched);
  std::ranges::set_union(pages, touched, std::back_inserter(all));
  const auto repeated = std::ranges::unique(all);
  all.erase(repeated.begin(), repeated.end());
  pages = std::move(all);
  return false;
}

}  // namespace stillframe::capture
