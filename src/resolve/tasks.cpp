#include "resolve/tasks.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <tuple>

namespace stillframe::resolve {
namespace {

using cpython::Address;
using cpython::RawFrame;

// Frames of all tasks together. A program of a hundred thousand tasks has a million; one of hostile memory has more.
constexpr std::size_t kMostFrames = 20'000'000;

// "Task-2" stands before "Task-10": names that differ in a number are ordered by it.
bool before(const cpython::RawTask& one, const cpython::RawTask& other) {
  const auto stem = [](const std::string& name) { return name.find_last_not_of("0123456789") + 1; };
  const std::size_t length = stem(one.name);
  if (length == stem(other.name) && one.name.compare(0, length, other.name, 0, length) == 0 &&
      one.name.size() != other.name.size()) {
    return one.name.size() < other.name.size();
  }
  return std::tie(one.name, one.number, one.address) < std::tie(other.name, other.number, other.address);
}

class TaskResolver {
 public:
  TaskResolver(const cpython::RawTasks& raw, const std::unordered_map<Address, target::Tid>& tids,
               std::optional<double> now, FrameMaker& frames, model::Still& still)
      : raw_(raw), tids_(tids), now_(now), frames_(frames), still_(still) {}

  void resolve() {
    still_.tasks = std::make_shared<model::Tasks>();
    for (const cpython::RawTask& task : raw_.tasks) {
      order_.push_back(&task);
    }
    std::ranges::sort(order_, [](const auto* one, const auto* other) { return before(*one, *other); });
    for (std::uint32_t i = 0; i < order_.size(); ++i) {
      task_index_.emplace(order_[i]->address, i);
    }
    for (std::uint32_t i = 0; i < raw_.loops.size(); ++i) {
      loop_index_.emplace(raw_.loops[i].loop.address, i);
      add_loop(raw_.loops[i]);
    }
    for (const cpython::RawTask* task : order_) {
      add_task(*task);
    }
    for (std::uint32_t i = 0; i < shown().tasks.size(); ++i) {
      for (const std::uint32_t awaiter : shown().tasks[i].awaited_by) {
        shown().tasks[awaiter].awaits.push_back(i);
      }
    }
    tell_what_is_missing();
  }

 private:
  [[nodiscard]] model::Tasks& shown() const { return *still_.tasks; }

  [[nodiscard]] std::optional<std::uint32_t> index_of(Address task) const {
    const auto known = task_index_.find(task);
    return known == task_index_.end() ? std::nullopt : std::optional(known->second);
  }

  [[nodiscard]] std::optional<double> left(std::optional<double> when) const {
    return when && now_ ? std::optional(std::max(*when - *now_, 0.0)) : std::nullopt;
  }

  [[nodiscard]] std::optional<target::Tid> tid_of(Address thread) const {
    const auto known = tids_.find(thread);
    return known == tids_.end() ? std::nullopt : std::optional(known->second);
  }

  void add_loop(const cpython::RawLoopState& raw) {
    model::TaskLoop loop{
        .scheduler = raw.scheduler, .address = raw.loop.address, .type = raw.loop.type, .doing = raw.doing};
    loop.tid = tid_of(raw.thread);
    const auto thread = std::ranges::find(still_.threads, loop.tid, &model::Thread::tid);
    if (loop.tid && thread != still_.threads.end()) {
      loop.thread = static_cast<std::uint32_t>(thread - still_.threads.begin());
    }
    loop.running_task = index_of(raw.running_task);
    loop.callback = places_of(raw.callback);
    if (raw.loop.known) {
      loop.closed = raw.loop.closed;
      loop.ready = raw.loop.ready;
      loop.scheduled = raw.loop.scheduled;
      loop.next_timer = left(raw.loop.next_timer);
      if (raw.loop.next_timer && now_ && *now_ > *raw.loop.next_timer) {
        loop.overdue = *now_ - *raw.loop.next_timer;
      }
    }
    shown().loops.push_back(std::move(loop));
  }

  void add_task(const cpython::RawTask& raw) {
    model::Task task{.address = raw.address,
                     .name = raw.name,
                     .number = raw.number,
                     .state = raw.state,
                     .cancelling = raw.cancelling};
    if (!raw.own_state.empty()) {
      task.own_state = raw.own_state;
    }
    if (!raw.type.empty() && raw.type != "_asyncio.Task" && raw.type != "asyncio.tasks.Task") {
      task.type = raw.type;
    }
    if (const auto loop = loop_index_.find(raw.loop); loop != loop_index_.end()) {
      task.loop = loop->second;
    }
    task.parent = index_of(raw.parent);
    task.frames = places_of(raw.frames);
    if (raw.broken) {
      task.complete = false;
      task.incomplete_reason = raw.broken;
      ++incomplete_;
    }
    task.awaited_by = indexes_of(raw.awaited_by);
    task.waits_for = wait_of(raw.wait);
    task.timeout_left = left(raw.timeout);
    shown().tasks.push_back(std::move(task));
  }

  [[nodiscard]] std::vector<std::uint32_t> indexes_of(const std::vector<Address>& tasks) const {
    std::vector<std::uint32_t> indexes;
    for (const Address task : tasks) {
      if (const auto index = index_of(task)) {
        indexes.push_back(*index);
      }
    }
    std::ranges::sort(indexes);
    return indexes;
  }

  [[nodiscard]] model::TaskWait wait_of(const cpython::RawWait& raw) const {
    model::TaskWait wait{.kind = raw.kind};
    if (raw.object != 0) {
      wait.address = raw.object;
    }
    if (!raw.type.empty()) {
      wait.type = raw.type;
    }
    wait.seconds_left = left(raw.when);
    wait.delay = raw.delay;
    if (raw.file) {
      wait.file = model::WaitedFile{.fd = raw.file->fd, .to_read = !raw.file->to_write, .to_write = raw.file->to_write};
    }
    wait.pid = raw.pid;
    wait.tid = tid_of(raw.worker);
    if (raw.kind == model::WaitKind::executor && !raw.job_state.empty()) {
      wait.job_begun = raw.job_state != "PENDING";
    }
    wait.items = raw.count;
    wait.holders = indexes_of(raw.holders);
    wait.holders_proven = raw.holders_proven;
    return wait;
  }

  // Equal calls at the same instruction are one place.
  std::vector<std::uint32_t> places_of(const std::vector<RawFrame>& frames) {
    std::vector<std::uint32_t> places;
    if (frames.size() > kMostFrames - frame_count_) {
      ++incomplete_;
      return places;
    }
    frame_count_ += frames.size();
    places.reserve(frames.size());
    for (const RawFrame& frame : frames) {
      const auto [known, fresh] =
          places_.try_emplace({frame.code, frame.lasti, frame.traced_line.value_or(0), frame.instruction_known},
                              static_cast<std::uint32_t>(shown().places.size()));
      if (fresh) {
        shown().places.push_back(frames_.make(frame));
      }
      places.push_back(known->second);
    }
    return places;
  }

  void miss(std::string warning) {
    still_.warnings.push_back(std::move(warning));
    still_.partial = true;
  }

  void tell_what_is_missing() {
    for (const std::string& problem : raw_.problems) {
      miss(problem);
    }
    if (raw_.unreadable > 0) {
      miss(fmt::format("{} of the tasks could not be read and {} missing", raw_.unreadable,
                       raw_.unreadable == 1 ? "is" : "are"));
    }
    if (incomplete_ > 0) {
      miss(fmt::format("of {} {} not all calls are known: what is shown of them says why", incomplete_,
                       incomplete_ == 1 ? "task" : "tasks"));
    }
  }

  const cpython::RawTasks& raw_;
  const std::unordered_map<Address, target::Tid>& tids_;
  std::optional<double> now_;
  FrameMaker& frames_;
  model::Still& still_;
  std::vector<const cpython::RawTask*> order_;
  std::unordered_map<Address, std::uint32_t> task_index_;
  std::unordered_map<Address, std::uint32_t> loop_index_;
  std::map<std::tuple<const cpython::Code*, std::int64_t, std::int32_t, bool>, std::uint32_t> places_;
  std::size_t frame_count_ = 0;
  std::size_t incomplete_ = 0;
};

}  // namespace

std::optional<double> monotonic_at(const target::Target& target, std::chrono::steady_clock::time_point moment) {
  const auto now = target.surroundings()->now(CLOCK_MONOTONIC);
  const std::chrono::duration<double> since = std::chrono::steady_clock::now() - moment;
  return now ? std::optional(*now - since.count()) : std::nullopt;
}

void resolve_tasks(const cpython::RawTasks& raw, const std::unordered_map<Address, target::Tid>& tids,
                   std::optional<double> now, FrameMaker& frames, model::Still& still) {
  TaskResolver(raw, tids, now, frames, still).resolve();
}

}  // namespace stillframe::resolve
