#include "capture/capturer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <unordered_map>
#include <unordered_set>

#include "capture/contradictions.h"
#include "capture/gil_waits.h"
#include "capture/late_threads.h"
#include "capture/native_capture.h"
#include "capture/stillness.h"
#include "capture/task_capture.h"
#include "cpython/stacks/thread_names.h"

namespace stillframe::capture {
namespace {

using cpython::Address;
using target::ThreadInfo;
using target::Tid;

// How often a still is tried before a stricter way is taken.
constexpr int kRunningTries = 6;
constexpr int kStopTries = 4;

class Capturer {
 public:
  Capturer(session::Session& session, const Options& options, const SeenThreads& seen)
      : session_(session),
        target_(session.target()),
        seen_(seen),
        memory_(session.memory()),
        runtime_(session.runtime()),
        greenlets_(target_),
        options_(options),
        native_(target_, memory_, runtime_, session.modules(), options.native, inspects()),
        tasks_(target_, memory_, runtime_, inspects() ? TaskOption::none : options.tasks) {
    if (options.values.wanted) {
      values_ = std::make_shared<FrameValues>(memory_, runtime_.layout, options.values);
    }
  }

  Result<Snapshot> take() {
    // What an earlier look has left in the copy is of another moment.
    known_pages_ = memory_.pages();
    if (!target_.lifeless()) {
      memory_.clear();
    }
    if (runtime_.has_greenlets) {
      greenlets_.search(session_.objects(), cpython::list_interpreters(session_.objects(), runtime_));
    }
    auto snapshot = take_one();
    if (snapshot) {
      warn_of_greenlets(greenlets_, *snapshot);
    }
    return snapshot;
  }

 private:
  Result<Snapshot> take_one() {
    if (target_.lifeless()) {
      return take_lifeless();
    }
    if (options_.no_block) {
      return take_running();
    }
    // What discovery has read may be older than the moment that is proved: it is read anew after the first look.
    const auto found = memory_.pages();
    known_pages_.insert(known_pages_.end(), found.begin(), found.end());
    std::ranges::sort(known_pages_);
    const auto twice = std::ranges::unique(known_pages_);
    known_pages_.erase(twice.begin(), twice.end());
    memory_.clear();
    auto before = target_.threads();
    if (!before) {
      return std::unexpected(std::move(before.error()));
    }
    memory_.prefetch(known_pages_);
    Snapshot snapshot = look(*before, false);
    auto after = target_.threads();
    if (!after) {
      return std::unexpected(std::move(after.error()));
    }
    auto awake = moved(*before, *after);
    const auto unknown = NativeCapture::without_registers(snapshot);
    if (awake.empty() && before->size() == after->size() && unknown.empty()) {
      memory_.seal();
      snapshot.consistency = {.method = model::Method::untouched, .consistent = true};
      tell(snapshot.threads, snapshot);
      return snapshot;
    }
    for (const Tid tid : unknown) {
      if (std::ranges::find(awake, tid) == awake.end()) {
        awake.push_back(tid);
      }
    }
    return take_stopped(*after, awake);
  }

  Result<Snapshot> take_lifeless() {
    auto threads = target_.threads();
    Snapshot snapshot = look(threads ? std::move(*threads) : std::vector<ThreadInfo>{}, false);
    snapshot.consistency = {.method = model::Method::core, .consistent = true};
    tell(snapshot.threads, snapshot);
    return snapshot;
  }

  void tell(const std::vector<ThreadInfo>& threads, const Snapshot& snapshot) const {
    if (seen_) {
      seen_(threads, snapshot.calls);
    }
  }

  // Everything, of a target that is not held. The tasks last: what only they lead to is known then.
  Snapshot look(std::vector<ThreadInfo> threads, bool from_copy) {
    Snapshot snapshot = read(std::move(threads));
    native_.unwind(snapshot, from_copy);
    tasks_.read(snapshot);
    return snapshot;
  }

  // One reading of everything but stacks and tasks, with whatever consistency the moment has.
  Snapshot read(std::vector<ThreadInfo> threads, const std::unordered_set<Tid>& held = {},
                const target::Hold* hold = nullptr) {
    Snapshot snapshot{.read_at = std::chrono::steady_clock::now()};
    snapshot.objects = &session_.objects();
    snapshot.copied = &memory_;
    snapshot.codes = &session_.codes();
    snapshot.codes->begin_reading();
    snapshot.codes->budget().set_limits(options_.chain_limits);
    snapshot.process = cpython::InterpreterReader(*snapshot.objects, runtime_, *snapshot.codes).read();
    for (auto& interpreter : snapshot.process.interpreters) {
      const auto [table, fresh] = thread_tables_.try_emplace(interpreter.address);
      if (fresh || !table->second) {
        table->second = cpython::find_thread_table(*snapshot.objects, interpreter.address);
      }
      if (table->second) {
        cpython::read_thread_names(*snapshot.objects, *table->second, interpreter);
      }
    }
    if (runtime_.has_greenlets) {
      snapshot.greenlets = greenlets_.read(*snapshot.objects, *snapshot.codes);
    }
    read_values(snapshot);
    if (again_) {
      read_again(snapshot);
    }
    record_calls(threads, held, snapshot);
    if (inspects()) {
      snapshot.objects_shown = read_objects(*snapshot.objects, snapshot.process, options_);
    }
    snapshot.gil_waits_known = std::ranges::any_of(snapshot.process.interpreters,
                                                   [](const auto& interpreter) { return interpreter.gil != 0; });
    snapshot.waiting_for_gil = find_gil_waits(snapshot.process, runtime_.layout.gil.size, snapshot.calls, memory_);
    native_.read(threads, hold, snapshot);
    snapshot.threads = std::move(threads);
    return snapshot;
  }

  [[nodiscard]] bool inspects() const { return !options_.objects.paths.empty(); }

  // Who asks for objects does not ask which threads there are.
  [[nodiscard]] std::vector<std::string> missed(const Snapshot& snapshot) const {
    return inspects() ? std::vector<std::string>{} : missed_threads(snapshot, target_, runtime_);
  }

  // Arguments and locals, while they are what the frames say.
  void read_values(Snapshot& snapshot) {
    if (!options_.values.wanted) {
      return;
    }
    values_->begin();
    for (const auto& interpreter : snapshot.process.interpreters) {
      for (const auto& thread : interpreter.threads) {
        values_->read(thread.chain);
        values_->read_exceptions(thread.address);
      }
    }
    for (const auto& greenlet : snapshot.greenlets.greenlets) {
      values_->read(greenlet.chain);
    }
    snapshot.values = values_;
  }

  // The system calls of threads that sleep, or slept until they were stopped.
  void record_calls(const std::vector<ThreadInfo>& threads, const std::unordered_set<Tid>& held, Snapshot& snapshot) {
    for (const ThreadInfo& thread : threads) {
      if (asleep(thread.state) || held.contains(thread.tid)) {
        if (auto call = target_.syscall(thread.tid)) {
          snapshot.calls.emplace(thread.tid, *call);
        }
      }
    }
  }

  // Stops only the threads that run and those in a futex (which goes on as if nothing had been): a thread that sleeps
  // in epoll_wait or the like would see it interrupted. If one of those left alone wakes up meanwhile, all are stopped.
  Result<Snapshot> take_stopped(const std::vector<ThreadInfo>& threads, const std::vector<Tid>& awake) {
    std::vector<Tid> gentle = awake;
    const std::unordered_set<Tid> is_awake(awake.begin(), awake.end());
    for (const ThreadInfo& thread : threads) {
      const auto call = is_awake.contains(thread.tid) || thread.state != model::OsState::sleeping
                            ? std::nullopt
                            : target_.syscall(thread.tid);
      if (call && is_futex_wait(*call)) {
        gentle.push_back(thread.tid);
      }
    }
    auto pages = tasks_.pages_wanted();
    Result<std::vector<ThreadInfo>> now = threads;
    std::vector<Tid> wanted = std::move(gentle);
    std::optional<Snapshot> torn;
    bool all = false;
    for (int attempt = 0; attempt < kStopTries; ++attempt) {
      if (attempt > 0) {
        now = target_.threads();
        if (!now) {
          return std::unexpected(std::move(now.error()));
        }
        wanted = all ? stoppable(*now) : wanted;
      }
      auto snapshot = try_stopped(*now, wanted, pages, attempt + 1 == kStopTries);
      if (!snapshot) {
        return cannot_stop(std::move(snapshot.error()));
      }
      const bool whole = tasks_.read_copied(*snapshot, pages);
      if (late_ > 0) {
        return whole && snapshot->consistency.consistent ? take_late(std::move(*snapshot), threads)
                                                         : cannot_stop(too_late(late_, target_.stop_limit()));
      }
      all = all || !snapshot->consistency.consistent;
      if (!whole || !snapshot->consistency.consistent) {
        continue;
      }
      std::vector<ThreadInfo> states = snapshot->threads;
      restore_states(threads, states);
      tell(states, *snapshot);
      native_.unwind(*snapshot, true);
      const bool interrupted = native_.find_interrupted(*snapshot);
      if ((!all && !NativeCapture::without_registers(*snapshot).empty()) || (attempt + 1 < kStopTries && interrupted)) {
        all = true;
        continue;  // next time all are stopped, and the stacks under signal handlers are copied
      }
      restore_states(threads, snapshot->threads);
      if (count_contradictions(*snapshot) == 0) {
        return snapshot;
      }
      // A thread may have been stopped in the middle of a change: one more try, from where it is then.
      if (torn) {
        return snapshot;
      }
      torn = std::move(*snapshot);
      all = true;
    }
    if (torn) {
      return std::move(*torn);
    }
    return cannot_stop({.kind = ErrorKind::gone,
                        .tried = "stop the threads of the process",
                        .stopper = "new threads kept appearing, or a thread did not stop",
                        .advice = "look again"});
  }

  // All but those that stand still already and are not to be asked for their registers.
  [[nodiscard]] std::vector<Tid> stoppable(const std::vector<ThreadInfo>& threads) const {
    std::vector<Tid> tids;
    for (const ThreadInfo& thread : threads) {
      if (!is_stopped_by_others(thread.state) ||
          (thread.state == model::OsState::stopped && options_.native != NativeOption::none)) {
        tids.push_back(thread.tid);
      }
    }
    return tids;
  }

  // A thread that we hold is in a tracing stop: what it did before is what its state was before.
  static void restore_states(const std::vector<ThreadInfo>& earlier, std::vector<ThreadInfo>& threads) {
    std::unordered_map<Tid, model::OsState> states;
    for (const ThreadInfo& thread : earlier) {
      states.emplace(thread.tid, thread.state);
    }
    for (ThreadInfo& thread : threads) {
      const auto known = states.find(thread.tid);
      thread.state = known == states.end() ? model::OsState::running : known->second;
    }
  }

  // A thread that was held runs when it is let go, back into what it waited for.
  static void forget_run_counts(const std::unordered_set<Tid>& held, std::vector<ThreadInfo>& threads) {
    for (ThreadInfo& thread : threads) {
      if (held.contains(thread.tid)) {
        thread.run_count.reset();
      }
    }
  }

  static bool is_stopped_by_others(model::OsState state) {
    return state == model::OsState::stopped || state == model::OsState::traced || state == model::OsState::finished;
  }

  // The short stop itself: from here to release() nothing may be done that can be done later. `threads` are the
  // target's as they were a moment ago. With `tasks` these are followed in the stop, not later in the copy.
  Result<Snapshot> try_stopped(const std::vector<ThreadInfo>& threads, const std::vector<Tid>& wanted,
                               const std::vector<std::uint64_t>& pages, bool tasks) {
    if (values_ || tasks) {
      tasks_.copy_all_in_stop();
    }
    if (values_) {
      memory_.prepare_renewal();
    } else {
      memory_.clear(tasks_.pages_that_rest());
    }
    auto hold = target_.stop(wanted);
    if (!hold) {
      return std::unexpected(std::move(hold.error()));
    }
    late_ = (*hold)->late().size();
    const std::unordered_set<Tid> held((*hold)->held().begin(), (*hold)->held().end());
    // Where every thread is held, none of them needs to be watched.
    const bool all_held = std::ranges::all_of(threads, [&](const ThreadInfo& one) { return held.contains(one.tid); });
    auto before = all_held ? Result<std::vector<ThreadInfo>>(threads) : target_.threads();
    values_ ? memory_.renew(pages) : memory_.prefetch(pages);
    Snapshot snapshot = read(before ? *before : std::vector<ThreadInfo>{}, held, hold->get());
    if (tasks) {
      tasks_.read_in_stop(snapshot);
    }
    const auto after = target_.threads();
    total_pause_ += (*hold)->release();
    memory_.seal();
    tasks_.finish_stop();
    forget_run_counts(held, snapshot.threads);
    snapshot.consistency = {
        .method = model::Method::stopped,
        .consistent = before && after && before->size() == after->size() && moved(*before, *after, held).empty(),
        .pause_us = total_pause_,
        .threads_stopped = static_cast<std::int64_t>(held.size())};
    return snapshot;
  }

  // Some threads did not stop, and did not run either until all was read: what was read is of one moment. To stop them
  // once more would cost the others as much time again.
  Snapshot take_late(Snapshot snapshot, const std::vector<ThreadInfo>& threads) {
    native_.unwind(snapshot, true);
    restore_states(threads, snapshot.threads);
    snapshot.partial = true;
    snapshot.warnings.push_back(describe_late(late_, target_.stop_limit()));
    return snapshot;
  }

  // A still that was read while the target ran is better than none; it says so.
  Result<Snapshot> cannot_stop(Error error) {
    auto snapshot = take_running();
    if (snapshot) {
      snapshot->partial = true;
      snapshot->warnings.push_back(fmt::format(
          "the target could not be stopped, so its stacks were read while it ran and may be torn: {}: {}; {}",
          error.tried, error.stopper, error.advice));
      snapshot->consistency.pause_us = total_pause_;
    }
    return snapshot;
  }

  // Reads the chains a second time, past the copy of the first reading.
  void read_again(Snapshot& snapshot) {
    again_->clear();
    again_->prefetch(memory_.pages());
    const cpython::Objects now(*again_, runtime_.layout);
    const auto second = cpython::InterpreterReader(now, runtime_, *snapshot.codes).read();
    mark_torn(snapshot, second, options_.values.wanted);
  }

  // Reads while the target runs, until a reading contradicts itself nowhere; else keeps the one that does so least.
  Result<Snapshot> take_running() {
    std::optional<Snapshot> best;
    std::size_t best_faults = 0;
    again_.emplace(target_.memory());
    for (int attempt = 0; attempt < kRunningTries; ++attempt) {
      auto threads = target_.threads();
      if (!threads) {
        return std::unexpected(std::move(threads.error()));
      }
      memory_.clear();
      Snapshot snapshot = look(std::move(*threads), true);
      const std::size_t faults =
          count_contradictions(snapshot) + missed(snapshot).size() + (native_.find_interrupted(snapshot) ? 1 : 0);
      if (!best || faults < best_faults) {
        best = std::move(snapshot);
        best_faults = faults;
      }
      if (best_faults == 0) {
        break;
      }
    }
    for (const auto& text : missed(*best)) {
      best->warnings.push_back(text);
      best->partial = true;
    }
    best->consistency = {.method = model::Method::running, .consistent = false};
    tell(best->threads, *best);
    return std::move(*best);
  }

  session::Session& session_;
  target::Target& target_;
  const SeenThreads& seen_;
  memory::CapturedMemory& memory_;
  const cpython::Runtime& runtime_;
  std::vector<std::uint64_t> known_pages_;  // that discovery or an earlier look has asked for
  cpython::Greenlets greenlets_;
  const Options& options_;
  NativeCapture native_;
  TaskCapture tasks_;
  std::unordered_map<Address, std::optional<Address>> thread_tables_;  // threading._active, by interpreter
  std::shared_ptr<FrameValues> values_;
  std::int64_t total_pause_ = 0;
  std::size_t late_ = 0;                         // threads that the last stop did not wait for any longer
  std::optional<memory::CapturedMemory> again_;  // for second readings, while the target runs
};

}  // namespace

Result<Snapshot> take_snapshot(session::Session& session, const Options& options, const SeenThreads& seen) {
  return Capturer(session, options, seen).take();
}

}  // namespace stillframe::capture
