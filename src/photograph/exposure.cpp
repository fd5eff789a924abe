#include "photograph/exposure.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "cpython/gevent/tasks.h"
#include "cpython/program_tasks.h"
#include "cpython/thread_names.h"
#include "native/greenlet_stacks.h"
#include "photograph/faults.h"
#include "photograph/gil_waits.h"
#include "photograph/stillness.h"

namespace stillframe::photograph {
namespace {

using cpython::Address;
using target::ThreadInfo;
using target::Tid;

// How often a still is tried before a stricter way is taken.
constexpr int kRunningTries = 6;
constexpr int kStopTries = 4;
// Tasks of a program of which nobody has asked for them.
constexpr std::size_t kFewTasks = 200;

class Exposure {
 public:
  Exposure(target::Target& target, memory::CapturedMemory& memory, const cpython::Runtime& runtime,
           native::Modules& modules, const Wishes& wishes)
      : target_(target),
        memory_(memory),
        runtime_(runtime),
        stacks_(target, memory, modules),
        greenlets_(target),
        greenlet_stacks_(target, memory, modules),
        wishes_(wishes) {
    if (wishes.values.wanted) {
      values_ = std::make_shared<FrameValues>(memory, runtime.layout, wishes.values);
    }
  }

  Result<Negative> take() {
    if (runtime_.has_greenlets) {
      const cpython::Objects objects(memory_, runtime_.layout);
      greenlets_.search(objects, cpython::list_interpreters(objects, runtime_));
    }
    if (wishes_.tasks != TaskWish::none && !inspects()) {
      const cpython::Objects objects(memory_, runtime_.layout);
      tasks_.emplace(target_, objects, cpython::list_interpreters(objects, runtime_));
    }
    auto negative = take_one();
    if (negative) {
      warn_of_greenlets(greenlets_, *negative);
    }
    return negative;
  }

 private:
  Result<Negative> take_one() {
    if (target_.lifeless()) {
      return take_lifeless();
    }
    if (wishes_.no_block) {
      return take_running();
    }
    // What discovery has read may be older than the moment that is proved: it is read anew after the first look.
    const auto known = memory_.pages();
    memory_.clear();
    auto before = target_.threads();
    if (!before) {
      return std::unexpected(std::move(before.error()));
    }
    memory_.prefetch(known);
    Negative negative = read(*before);
    unwind(negative, false);
    auto after = target_.threads();
    if (!after) {
      return std::unexpected(std::move(after.error()));
    }
    auto awake = moved(*before, *after);
    const auto unknown = without_registers(negative);
    if (awake.empty() && before->size() == after->size() && unknown.empty()) {
      memory_.seal();
      negative.consistency = {.method = model::Method::untouched, .consistent = true};
      return negative;
    }
    for (const Tid tid : unknown) {
      if (std::ranges::find(awake, tid) == awake.end()) {
        awake.push_back(tid);
      }
    }
    return take_stopped(*after, awake);
  }

  Result<Negative> take_lifeless() {
    auto threads = target_.threads();
    Negative negative = read(threads ? std::move(*threads) : std::vector<ThreadInfo>{});
    unwind(negative, false);
    negative.consistency = {.method = model::Method::core, .consistent = true};
    return negative;
  }

  // One reading of everything, with whatever consistency the moment has.
  Negative read(std::vector<ThreadInfo> threads, const std::unordered_set<Tid>& held = {},
                const target::Hold* hold = nullptr) {
    Negative negative;
    negative.objects = std::make_unique<cpython::Objects>(memory_, runtime_.layout);
    negative.copied = &memory_;
    negative.codes = std::make_unique<cpython::CodeCache>(*negative.objects, runtime_.code_type);
    negative.process = cpython::InterpreterReader(*negative.objects, runtime_, *negative.codes).read();
    for (auto& interpreter : negative.process.interpreters) {
      const auto [table, fresh] = thread_tables_.try_emplace(interpreter.address);
      if (fresh || !table->second) {
        table->second = cpython::find_thread_table(*negative.objects, interpreter.address);
      }
      if (table->second) {
        cpython::read_thread_names(*negative.objects, *table->second, interpreter);
      }
    }
    if (runtime_.has_greenlets) {
      negative.greenlets = greenlets_.read(*negative.objects, *negative.codes);
    }
    read_values(negative);
    record_calls(threads, held, negative);
    if (inspects()) {
      negative.objects_shown = read_objects(*negative.objects, negative.process, wishes_);
    }
    negative.gil_waits_known = std::ranges::any_of(negative.process.interpreters,
                                                   [](const auto& interpreter) { return interpreter.gil != 0; });
    negative.waiting_for_gil = find_gil_waits(negative.process, runtime_.layout.gil.size, negative.calls, memory_);
    read_native(threads, hold, negative);
    if (!tasks_later_) {
      read_tasks(negative);
    }
    negative.threads = std::move(threads);
    return negative;
  }

  void read_tasks(Negative& negative) const {
    if (!tasks_) {
      return;
    }
    const std::size_t most = wishes_.tasks == TaskWish::few ? kFewTasks : cpython::kMostTasks;
    negative.tasks = tasks_->read(*negative.objects, *negative.codes, negative.process, most);
    cpython::read_gevent(*negative.objects, negative.process, negative.greenlets, most, *negative.tasks);
    if (wishes_.tasks == TaskWish::few && (!negative.tasks->problems.empty() || negative.tasks->unreadable > 0)) {
      negative.tasks.reset();  // who has not asked for them need not hear what is missing
    }
  }

  // Thousands of tasks take longer to follow than to copy: that is done in the copy, after the target runs again. False
  // where the copy lacks some of what they lead to now; the pages of that are added for the next copy.
  bool read_copied_tasks(Negative& negative, std::vector<std::uint64_t>& pages) {
    if (!tasks_ || negative.tasks) {
      return true;
    }
    std::vector<std::uint64_t> touched;
    const std::uint64_t before = memory_.late_reads();
    memory_.trace_into(&touched);
    read_tasks(negative);
    memory_.trace_into(nullptr);
    if (memory_.late_reads() == before) {
      return true;
    }
    if (wishes_.tasks == TaskWish::few) {
      negative.tasks.reset();  // they are not worth another stop
      return true;
    }
    pages.insert(pages.end(), touched.begin(), touched.end());
    std::ranges::sort(pages);
    const auto repeated = std::ranges::unique(pages);
    pages.erase(repeated.begin(), repeated.end());
    return false;
  }

  [[nodiscard]] bool inspects() const { return !wishes_.objects.paths.empty(); }

  // Who asks for objects does not ask which threads there are.
  [[nodiscard]] std::vector<std::string> missed(const Negative& negative) const {
    return inspects() ? std::vector<std::string>{} : missed_threads(negative, target_, runtime_);
  }

  // Arguments and locals, while they are what the frames say.
  void read_values(Negative& negative) {
    if (!wishes_.values.wanted) {
      return;
    }
    values_->begin();
    for (const auto& interpreter : negative.process.interpreters) {
      for (const auto& thread : interpreter.threads) {
        values_->read(thread.chain);
        values_->read_exceptions(thread.address);
      }
    }
    for (const auto& greenlet : negative.greenlets.greenlets) {
      values_->read(greenlet.chain);
    }
    negative.values = values_;
  }

  // Registers and stacks of the threads whose native frames are wanted, and what ties them to the Python calls.
  void read_native(const std::vector<ThreadInfo>& threads, const target::Hold* hold, Negative& negative) {
    const bool shown = wishes_.native != NativeWish::none;
    const std::optional<std::int64_t> died = fatal_thread();
    if (!shown && !died) {
      return;
    }
    if (shown) {
      greenlet_stacks_.capture(negative.greenlets);
    }
    // The interpreter's own thread ids tell which threads are Python's, where it keeps them (3.11+).
    std::unordered_set<Tid> wanted;
    bool all = wishes_.native == NativeWish::all;
    for (auto& interpreter : negative.process.interpreters) {
      for (auto& thread : interpreter.threads) {
        cpython::mark_entries(*negative.objects,
                              negative.objects->pointer(thread.address, runtime_.layout.thread.cframe), thread.chain);
        all = all || (shown && !thread.native_id);
        wanted.insert(shown ? thread.native_id.value_or(0) : 0);
      }
    }
    if (all) {
      negative.stacks = stacks_.capture(threads, hold);
      return;
    }
    std::vector<ThreadInfo> some;
    std::ranges::copy_if(threads, std::back_inserter(some), [&](const ThreadInfo& thread) {
      return thread.tid == died || wanted.contains(thread.inner_tid);
    });
    negative.stacks = stacks_.capture(some, hold);
  }

  // Why a process died is told by the native stack of the thread that did, whether or not it is to be shown.
  [[nodiscard]] std::optional<std::int64_t> fatal_thread() const {
    const auto crash = inspects() ? std::nullopt : target_.crash();
    return crash ? crash->tid : std::nullopt;
  }

  void unwind(Negative& negative, bool from_copy) {
    stacks_.unwind(negative.stacks, from_copy);
    native::cut_stacks(target_, negative.greenlets, negative.stacks);
    if (wishes_.native != NativeWish::none) {
      negative.greenlet_stacks = greenlet_stacks_.unwind(negative.greenlets, from_copy);
    }
  }

  // Threads that could be unwound further if their registers were known, which needs a stop.
  static std::vector<Tid> without_registers(const Negative& negative) {
    std::vector<Tid> tids;
    for (const auto& stack : negative.stacks) {
      if (stack.stack.lacks_registers) {
        tids.push_back(stack.tid);
      }
    }
    return tids;
  }

  // The system calls of threads that sleep, or slept until they were stopped.
  void record_calls(const std::vector<ThreadInfo>& threads, const std::unordered_set<Tid>& held, Negative& negative) {
    for (const ThreadInfo& thread : threads) {
      if (asleep(thread.state) || held.contains(thread.tid)) {
        if (auto call = target_.syscall(thread.tid)) {
          negative.calls.emplace(thread.tid, *call);
        }
      }
    }
  }

  // Stops only the threads that run and those in a futex (which goes on as if nothing had been): a thread that sleeps
  // in epoll_wait or the like would see it interrupted. If one of those left alone wakes up meanwhile, all are stopped.
  Result<Negative> take_stopped(const std::vector<ThreadInfo>& threads, const std::vector<Tid>& awake) {
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
    auto pages = memory_.pages();
    Result<std::vector<ThreadInfo>> now = threads;
    std::vector<Tid> wanted = std::move(gentle);
    std::optional<Negative> torn;
    for (int attempt = 0; attempt < kStopTries; ++attempt) {
      if (attempt > 0) {
        now = target_.threads();
        if (!now) {
          return std::unexpected(std::move(now.error()));
        }
        wanted.clear();
        for (const ThreadInfo& thread : *now) {
          if (!is_stopped_by_others(thread.state) ||
              (thread.state == model::OsState::stopped && wishes_.native != NativeWish::none)) {
            wanted.push_back(thread.tid);
          }
        }
      }
      tasks_later_ = attempt + 1 < kStopTries;
      auto negative = try_stopped(*now, wanted, pages);
      tasks_later_ = false;
      if (!negative) {
        return cannot_stop(std::move(negative.error()));
      }
      if (!read_copied_tasks(*negative, pages) || !negative->consistency.consistent) {
        continue;
      }
      unwind(*negative, true);
      const bool interrupted = stacks_.find_interrupted(negative->stacks);
      if ((attempt == 0 && !without_registers(*negative).empty()) || (attempt + 1 < kStopTries && interrupted)) {
        continue;  // next time all are stopped, and the stacks under signal handlers are copied
      }
      restore_states(threads, negative->threads);
      if (count_faults(*negative) == 0) {
        return negative;
      }
      // A thread may have been stopped in the middle of a change: one more try, from where it is then.
      if (torn) {
        return negative;
      }
      torn = std::move(*negative);
    }
    if (torn) {
      return std::move(*torn);
    }
    return cannot_stop({.kind = ErrorKind::gone,
                        .tried = "stop the threads of the process",
                        .stopper = "new threads kept appearing, or a thread did not stop",
                        .advice = "look again"});
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
  // target's as they were a moment ago.
  Result<Negative> try_stopped(const std::vector<ThreadInfo>& threads, const std::vector<Tid>& wanted,
                               const std::vector<std::uint64_t>& pages) {
    if (values_) {
      memory_.prepare_renewal();
    } else {
      memory_.clear();
    }
    auto hold = target_.stop(wanted);
    if (!hold) {
      return std::unexpected(std::move(hold.error()));
    }
    const std::unordered_set<Tid> held((*hold)->held().begin(), (*hold)->held().end());
    // Where every thread is held, none of them needs to be watched.
    const bool all_held = std::ranges::all_of(threads, [&](const ThreadInfo& one) { return held.contains(one.tid); });
    auto before = all_held ? Result<std::vector<ThreadInfo>>(threads) : target_.threads();
    values_ ? memory_.renew(pages) : memory_.prefetch(pages);
    Negative negative = read(before ? *before : std::vector<ThreadInfo>{}, held, hold->get());
    const auto after = target_.threads();
    total_pause_ += (*hold)->release();
    memory_.seal();
    forget_run_counts(held, negative.threads);
    negative.consistency = {
        .method = model::Method::stopped,
        .consistent = before && after && before->size() == after->size() && moved(*before, *after, held).empty(),
        .pause_us = total_pause_,
        .threads_stopped = static_cast<std::int64_t>(held.size())};
    return negative;
  }

  // A still that was read while the target ran is better than none; it says so.
  Result<Negative> cannot_stop(Error error) {
    auto negative = take_running();
    if (negative) {
      negative->partial = true;
      negative->warnings.push_back(fmt::format(
          "the target could not be stopped, so its stacks were read while it ran and may be torn: {}: {}; {}",
          error.tried, error.stopper, error.advice));
      negative->consistency.pause_us = total_pause_;
    }
    return negative;
  }

  // Reads while the target runs, until a reading contradicts itself nowhere; else keeps the one that does so least.
  Result<Negative> take_running() {
    std::optional<Negative> best;
    std::size_t best_faults = 0;
    for (int attempt = 0; attempt < kRunningTries; ++attempt) {
      auto threads = target_.threads();
      if (!threads) {
        return std::unexpected(std::move(threads.error()));
      }
      memory_.clear();
      Negative negative = read(std::move(*threads));
      unwind(negative, true);
      const std::size_t faults =
          count_faults(negative) + missed(negative).size() + (stacks_.find_interrupted(negative.stacks) ? 1 : 0);
      if (!best || faults < best_faults) {
        best = std::move(negative);
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
    return std::move(*best);
  }

  target::Target& target_;
  memory::CapturedMemory& memory_;
  const cpython::Runtime& runtime_;
  native::StackReader stacks_;
  cpython::Greenlets greenlets_;
  std::optional<cpython::ProgramTasks> tasks_;  // where they were asked for
  bool tasks_later_ = false;                    // a reading leaves them out: they are followed in its copy
  native::GreenletStacks greenlet_stacks_;
  const Wishes& wishes_;
  std::unordered_map<Address, std::optional<Address>> thread_tables_;  // threading._active, by interpreter
  std::shared_ptr<FrameValues> values_;
  std::int64_t total_pause_ = 0;
};

}  // namespace

Result<Negative> expose(target::Target& target, memory::CapturedMemory& memory, const cpython::Runtime& runtime,
                        native::Modules& modules, const Wishes& wishes) {
  return Exposure(target, memory, runtime, modules, wishes).take();
}

}  // namespace stillframe::photograph
