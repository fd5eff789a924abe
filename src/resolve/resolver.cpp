#include "resolve/resolver.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <unordered_map>
#include <unordered_set>

#include "model/check.h"
#include "resolve/frame_maker.h"
#include "resolve/greenlet_owners.h"
#include "resolve/native_ids.h"
#include "resolve/tasks.h"
#include "text/phrases.h"

namespace stillframe::resolve {
namespace {

using cpython::RawInterpreter;
using cpython::RawThread;
using target::Tid;

class Resolver {
 public:
  Resolver(capture::Snapshot& snapshot, const target::Target& target, const cpython::Runtime& runtime,
           NativeFrames& native, model::Still& still)
      : snapshot_(snapshot),
        target_(target),
        native_(native),
        still_(still),
        frames_(cpython::dialect_of(runtime.layout), still) {}

  void resolve() {
    SF_CHECK(snapshot_.objects != nullptr && snapshot_.codes != nullptr);
    tids_ = match_threads(snapshot_.process, target_, snapshot_.objects->memory(), snapshot_.threads);
    for (auto& doubt : doubtful_matches(snapshot_.process, target_, snapshot_.threads, tids_)) {
      miss(std::move(doubt));
    }
    for (const auto& thread : snapshot_.threads) {
      by_tid_.emplace(thread.tid, &thread);
    }
    find_busy_tids();
    if (snapshot_.process.broken) {
      miss(fmt::format("the list of interpreters may not be whole: {}", *snapshot_.process.broken));
    }
    owners_.emplace(snapshot_, target_, tids_);
    for (const RawInterpreter& interpreter : snapshot_.process.interpreters) {
      add(interpreter);
    }
    if (owners_->ownerless() > 0) {
      miss(fmt::format("{} suspended greenlets are missing: they belong to no thread that could be read",
                       owners_->ownerless()));
    }
    if (torn_ != 0) {
      miss(fmt::format("the {} of {} may be torn: a second reading, while {} ran, differed",
                       torn_ == 1 ? "stack" : "stacks", text::with_count(torn_, "thread"), torn_ == 1 ? "it" : "they"));
    }
    if (limited_ != 0) {
      miss(fmt::format("outer frames of {} are missing: {}", text::with_count(limited_, "stack"), *limit_));
    }
    if (unread_values_ != 0) {
      miss(fmt::format("variables of {} {} could not be read: what is shown instead says why", unread_values_,
                       unread_values_ == 1 ? "frame" : "frames"));
    }
    if (still_.crash && still_.crash->frames.empty()) {
      native_.keep_fatal({}, {});
    }
    native_.add_other_threads();
    add_system_calls();
    const auto pid = still_.source.pid;
    std::ranges::stable_partition(still_.threads, [&](const model::Thread& thread) { return thread.tid == pid; });
    if (snapshot_.tasks) {
      resolve_tasks(*snapshot_.tasks, tids_, monotonic_at(target_, snapshot_.read_at), frames_, still_);
    }
    if (const std::size_t unnamed = frames_.unnamed(); unnamed != 0) {
      miss(
          fmt::format("of {} {} the core does not hold the code object, or not all of it: what is not known of them is "
                      "left out",
                      unnamed, unnamed == 1 ? "frame" : "frames"));
    }
    still_.partial = still_.partial || snapshot_.partial;
    if (snapshot_.values) {
      still_.value_texts = snapshot_.values->texts();
    }
  }

  ThreadIds thread_ids() && { return std::move(tids_); }

 private:
  void miss(std::string warning) {
    still_.warnings.push_back(std::move(warning));
    still_.partial = true;
  }

  [[nodiscard]] std::optional<Tid> tid_of(const RawThread& thread) const {
    const auto known = tids_.find(thread.address);
    return known == tids_.end() ? std::nullopt : std::optional(known->second);
  }

  // A thread that has been in several interpreters has a state in each; the idle ones are not shown.
  void find_busy_tids() {
    for (const auto& interpreter : snapshot_.process.interpreters) {
      for (const auto& thread : interpreter.threads) {
        const auto tid = tid_of(thread);
        if (tid && !thread.chain.frames.empty()) {
          busy_.insert(*tid);
        }
      }
    }
  }

  void add(const RawInterpreter& raw) {
    model::Interpreter interpreter{.id = raw.id, .gc_collecting = raw.gc_collecting};
    if (raw.gil_locked) {
      model::Gil gil{.held = *raw.gil_locked, .drop_requested = raw.drop_requested};
      for (const RawThread& thread : raw.threads) {
        if (thread.holds_gil == true) {
          gil.holder_tid = tid_of(thread);
        }
      }
      interpreter.gil = gil;
    }
    still_.interpreters.push_back(interpreter);
    if (raw.broken) {
      miss(fmt::format("interpreter {}: {}", raw.id, *raw.broken));
    }
    for (const RawThread& thread : raw.threads) {
      const auto tid = tid_of(thread);
      const bool idle_elsewhere = thread.chain.frames.empty() && !thread.chain.broken && tid && busy_.contains(*tid);
      if (!idle_elsewhere) {
        add(raw, thread, tid);
      }
    }
  }

  void add(const RawInterpreter& interpreter, const RawThread& raw, std::optional<Tid> tid) {
    model::Thread thread{
        .tid = tid, .name = raw.name, .daemon = raw.daemon, .interpreter = interpreter.id, .holds_gil = raw.holds_gil};
    if (const auto known = tid ? by_tid_.find(*tid) : by_tid_.end(); known != by_tid_.end()) {
      if (!known->second->name.empty()) {
        thread.os_name = known->second->name;
      }
      thread.os_state = known->second->state;
    } else if (raw.native_id) {
      thread.os_state = model::OsState::finished;
    }
    if (snapshot_.gil_waits_known && raw.holds_gil.has_value()) {
      thread.waits_for_gil =
          tid && std::ranges::find(snapshot_.waiting_for_gil, *tid) != snapshot_.waiting_for_gil.end();
    }
    thread.gc_collecting =
        interpreter.gc_collecting == true && (raw.holds_gil == true || interpreter.threads.size() == 1);
    add_frames(raw, thread);
    if (tid && still_.crash && still_.crash->tid == tid) {
      native_.keep_fatal(raw.chain, thread.frames);
    }
    if (tid) {
      native_.add(raw.chain, *tid, thread);
    }
    for (const std::size_t index : owners_->suspended_in(raw.address)) {
      add_greenlet(index, thread);
    }
    still_.threads.push_back(std::move(thread));
  }

  void add_system_calls() {
    for (model::Thread& thread : still_.threads) {
      if (const auto known = thread.tid ? by_tid_.find(*thread.tid) : by_tid_.end(); known != by_tid_.end()) {
        thread.run_count = known->second->run_count;
      }
      if (const auto call = thread.tid ? snapshot_.calls.find(*thread.tid) : snapshot_.calls.end();
          call != snapshot_.calls.end()) {
        thread.system_call = call->second;
      }
    }
  }

  void add_greenlet(std::size_t index, model::Thread& thread) {
    const cpython::RawGreenlet& raw = snapshot_.greenlets.greenlets[index];
    const auto [type, fresh] = greenlet_types_.try_emplace(raw.type);
    if (fresh) {
      type->second = cpython::qualified_type_name(*snapshot_.objects, raw.type);
    }
    model::Greenlet greenlet{.address = raw.address, .type = type->second, .main = raw.main};
    if (!add_frames(raw.chain, greenlet) && !cpython::is_limit(*raw.chain.broken)) {
      miss(fmt::format("greenlet {:#x}: outer frames are missing: {}", raw.address,
                       cpython::describe(*raw.chain.broken)));
    }
    native_.add_greenlet(index, greenlet);
    thread.greenlets.push_back(std::move(greenlet));
  }

  void add_frames(const RawThread& raw, model::Thread& thread) {
    if (!add_frames(raw.chain, thread) && !cpython::is_limit(*raw.chain.broken)) {
      const std::string who = thread.tid ? fmt::format("thread {}", *thread.tid) : "a thread";
      miss(fmt::format("{}: outer frames are missing: {}", who, cpython::describe(*raw.chain.broken)));
    }
    if (raw.torn) {
      thread.torn = true;
      ++torn_;
    }
  }

  // The frames of a thread or of a greenlet; false where some are missing.
  template <typename Shown>
  bool add_frames(const cpython::FrameChain& chain, Shown& shown) {
    shown.frames.reserve(chain.frames.size());
    for (const cpython::RawFrame& frame : std::views::reverse(chain.frames)) {
      shown.frames.push_back(frames_.make(frame));
      if (snapshot_.values && !snapshot_.values->put(frame, shown.frames.back())) {
        ++unread_values_;
      }
    }
    if (chain.broken) {
      shown.complete = false;
      shown.incomplete_reason = cpython::describe(*chain.broken);
      if (cpython::is_limit(*chain.broken)) {
        ++limited_;
        limit_ = shown.incomplete_reason;
      }
    }
    return shown.complete;
  }

  capture::Snapshot& snapshot_;
  const target::Target& target_;
  NativeFrames& native_;
  model::Still& still_;
  FrameMaker frames_;
  ThreadIds tids_;
  std::optional<GreenletOwners> owners_;
  std::unordered_map<cpython::Address, std::optional<std::string>> greenlet_types_;
  std::unordered_map<Tid, const target::ThreadInfo*> by_tid_;
  std::unordered_set<Tid> busy_;
  std::size_t unread_values_ = 0;
  std::size_t torn_ = 0;
  std::size_t limited_ = 0;
  std::optional<std::string> limit_;
};

}  // namespace

ThreadIds resolve_still(capture::Snapshot& snapshot, const target::Target& target, const cpython::Runtime& runtime,
                        NativeFrames& native, model::Still& still) {
  Resolver resolver(snapshot, target, runtime, native, still);
  resolver.resolve();
  return std::move(resolver).thread_ids();
}

}  // namespace stillframe::resolve
