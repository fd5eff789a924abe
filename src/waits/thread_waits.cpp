#include "waits/thread_waits.h"

#include <algorithm>
#include <chrono>
#include <ranges>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "waits/family.h"
#include "waits/files.h"
#include "waits/phrases.h"
#include "waits/system_call_wait.h"

namespace stillframe::waits {
namespace {

using model::OsState;
using target::Tid;

// Of how many files of one call it is found out what they are.
constexpr std::size_t kMostFiles = 64;
// Threads that were stopped are waited for until they are back in their calls: 1, 2, 4, 8 and 16 ms.
constexpr std::chrono::milliseconds kFirstPause{1};
constexpr std::chrono::milliseconds kLongestPause{16};

std::unordered_map<Tid, target::ThreadInfo> threads_now(const target::Target& target) {
  std::unordered_map<Tid, target::ThreadInfo> now;
  if (auto threads = target.threads()) {
    for (target::ThreadInfo& thread : *threads) {
      const Tid tid = thread.tid;
      now.emplace(tid, std::move(thread));
    }
  }
  return now;
}

struct Waiter {
  model::Thread* thread = nullptr;
  Wait wait;
  std::vector<FoundFile> files;
  model::WaitingOn facts;
};

class Explainer {
 public:
  Explainer(const target::Target& target, model::Still& still, bool how_long)
      : target_(target),
        how_long_(how_long),
        still_(still),
        memory_(target.memory()),
        surroundings_(target.surroundings()),
        pid_(still.source.pid.value_or(0)),
        files_(*surroundings_, pid_) {}

  void explain() {
    for (model::Thread& thread : still_.threads) {
      if (waits(thread)) {
        waiters_.push_back(look_at(thread));
      }
    }
    std::vector<FoundFile*> files;
    for (Waiter& waiter : waiters_) {
      std::ranges::transform(waiter.files, std::back_inserter(files), [](FoundFile& file) { return &file; });
    }
    files_.find_other_ends(files);
    std::optional<Family> family;
    if (std::ranges::any_of(waiters_, deals_with_processes)) {
      family.emplace(*surroundings_, pid_);
    }
    still_.signals = signal_handlers();
    if (how_long_) {
      find_how_long();
    }
    keep_those_that_still_wait();
    search_for_wakers();
    for (Waiter& waiter : waiters_) {
      std::ranges::transform(waiter.files, std::back_inserter(waiter.facts.files), &FoundFile::shown);
      waiter.facts.text = in_words(waiter);
      waiter.thread->waiting_on = std::move(waiter.facts);
    }
    if (family) {
      still_.descendants = family->finish(attended_pipes());
    }
    if (still_.threads.size() == 1 && waiters_.size() == 1 &&
        waiters_.front().wait.operation == Operation::awaits_futex) {
      const auto parent = surroundings_->forked_from();
      still_.forked_from = parent ? std::optional(to_model(parent->pid, parent)) : std::nullopt;
    }
  }

 private:
  // In a core every thread that has a call waits in it. Of a process, a thread in an uninterruptible wait may be in no
  // call: it waits for memory.
  [[nodiscard]] static bool waits(const model::Thread& thread) {
    return thread.tid &&
           ((thread.system_call && (thread.os_state == OsState::sleeping ||
                                    thread.os_state == OsState::uninterruptible || thread.os_state == OsState::dead)) ||
            (thread.os_state == OsState::uninterruptible && thread.run_count));
  }

  // What SIGINT leads to was found in memory, if it was.
  [[nodiscard]] std::optional<model::SignalHandlers> signal_handlers() {
    const auto caught = surroundings_->caught_signals();
    auto known = still_.signals;
    if (caught) {
      known = known.value_or(model::SignalHandlers{});
      known->caught = *caught;
    }
    return caught ? known : std::nullopt;
  }

  // Of very many threads it is told of the first ones: each takes some 20 µs.
  void find_how_long() {
    constexpr std::size_t most = 64;
    for (Waiter& waiter : waiters_ | std::views::take(most)) {
      if (waiter.thread->run_count) {  // a stop has woken the others
        waiter.facts.waited = surroundings_->asleep_for(*waiter.thread->tid);
      }
    }
  }

  static bool deals_with_processes(const Waiter& waiter) {
    return waiter.wait.operation == Operation::awaits_child ||
           std::ranges::any_of(waiter.files,
                               [](const FoundFile& file) { return file.shown.kind == model::FileKind::pipe; });
  }

  Waiter look_at(model::Thread& thread) {
    Waiter waiter{.thread = &thread};
    if (thread.system_call) {
      waiter.wait = decode(*thread.system_call, memory_);
    }
    model::WaitingOn& facts = waiter.facts;
    if (!waiter.wait.syscall.empty()) {
      facts.syscall = std::string(waiter.wait.syscall);
    }
    facts.address = waiter.wait.address;
    facts.timeout = waiter.wait.timeout;
    facts.limited = waiter.wait.limited;
    find_time_left(waiter);
    find_files(waiter);
    find_children(waiter);
    find_lock_holder(waiter);
    if (thread.os_state == OsState::uninterruptible) {
      facts.wait_channel = surroundings_->wait_channel(*thread.tid);
      if (auto mapped = thread.system_call ? std::nullopt : files_.find_mapped()) {
        waiter.files.push_back(std::move(*mapped));
        facts.file_count = 1;
      }
    }
    return waiter;
  }

  void find_time_left(Waiter& waiter) {
    const auto& deadline = waiter.wait.deadline;
    const auto now = deadline ? surroundings_->now(deadline->clock) : std::nullopt;
    if (now) {
      waiter.facts.seconds_left = std::max(deadline->at - *now, 0.0);
    }
  }

  void find_files(Waiter& waiter) {
    std::vector<WantedFile> wanted = waiter.wait.files;
    std::size_t count = waiter.wait.file_count;
    if (waiter.wait.operation == Operation::watches && !wanted.empty()) {
      const FoundFile epoll = files_.find(wanted.front());
      if (epoll.open && epoll.open->kind == model::FileKind::epoll) {
        wanted = watched_by(*epoll.open);
        count = wanted.size();
      }
    }
    for (const WantedFile& one : wanted) {
      if (waiter.files.size() == kMostFiles) {
        break;
      }
      waiter.files.push_back(files_.find(one));
    }
    waiter.facts.file_count = static_cast<std::int64_t>(count);
  }

  static std::vector<WantedFile> watched_by(const target::OpenFile& epoll) {
    constexpr std::uint32_t readable = 0x1 | 0x2 | 0x40 | 0x2000;  // EPOLLIN, EPOLLPRI, EPOLLRDNORM, EPOLLRDHUP
    constexpr std::uint32_t writable = 0x4 | 0x100;                // EPOLLOUT, EPOLLWRNORM
    std::vector<WantedFile> wanted;
    wanted.reserve(epoll.interest.size());
    for (const target::EpollEntry& entry : epoll.interest) {
      wanted.push_back(
          {.fd = entry.fd, .to_read = (entry.events & readable) != 0, .to_write = (entry.events & writable) != 0});
    }
    std::ranges::sort(wanted, {}, &WantedFile::fd);  // the kernel has them in no order
    return wanted;
  }

  void find_children(Waiter& waiter) {
    const Wait& wait = waiter.wait;
    if (wait.operation != Operation::awaits_child) {
      return;
    }
    if (wait.children == Children::pidfd) {
      if (!waiter.files.empty()) {
        waiter.facts.processes = waiter.files.front().shown.processes;
      }
      return;
    }
    constexpr std::size_t most = 64;
    for (const target::ProcessFacts& child : surroundings_->children()) {
      const bool meant = wait.children == Children::any ||
                         (wait.children == Children::one && child.inner_pid == wait.id) ||
                         (wait.children == Children::group && child.inner_group == wait.id);
      if (meant && waiter.facts.processes.size() < most) {
        waiter.facts.processes.push_back(to_model(child.pid, child));
      }
    }
  }

  void find_lock_holder(Waiter& waiter) {
    if (waiter.wait.operation != Operation::locks || waiter.files.empty() || !waiter.files.front().open) {
      return;
    }
    for (const target::LockWait& lock : surroundings_->lock_waits()) {
      if (lock.kind == waiter.wait.lock && lock.inode == waiter.files.front().open->inode && lock.holder) {
        waiter.facts.processes = {to_model(*lock.holder, surroundings_->process(*lock.holder))};
        return;
      }
    }
  }

  // A call that was interrupted by our own stop goes on as restart_syscall, with the same stack and code.
  static bool same_call(const model::Thread& thread, const model::SystemCall& now) {
    const model::SystemCall& then = *thread.system_call;
    const bool same_place = now.sp == then.sp && now.pc == then.pc;
    const bool restarted = !thread.run_count && now.name == "restart_syscall";
    return same_place && (restarted || (now.number == then.number && now.arguments == then.arguments));
  }

  [[nodiscard]] bool still_waits(const model::Thread& thread,
                                 const std::unordered_map<Tid, target::ThreadInfo>& now) const {
    const auto known = thread.tid ? now.find(*thread.tid) : now.end();
    if (known == now.end() || (thread.run_count && known->second.run_count != thread.run_count) ||
        (known->second.state != OsState::sleeping && known->second.state != OsState::uninterruptible)) {
      return false;
    }
    if (thread.run_count || !thread.system_call) {
      return true;  // the run count proves it: it is in the call that it was in
    }
    const auto call = target_.syscall(*thread.tid);
    return call && same_call(thread, *call);
  }

  // Everything that was found out is true of those that have not moved until now. A thread that a stop has woken takes
  // a moment to be back in its call.
  void keep_those_that_still_wait() {
    if (target_.lifeless() || waiters_.empty()) {
      return;
    }
    std::unordered_set<const model::Thread*> waiting;
    for (auto pause = std::chrono::milliseconds(0); pause <= kLongestPause; pause = std::max(2 * pause, kFirstPause)) {
      if (pause.count() > 0) {
        std::this_thread::sleep_for(pause);
      }
      if (!note_those_that_wait(waiting)) {
        break;
      }
    }
    std::erase_if(waiters_, [&](const Waiter& waiter) {
      const bool waits = waiting.contains(waiter.thread);
      if (!waits && waiter.thread->os_state == OsState::sleeping) {
        waiter.thread->left_call =
            waiter.wait.syscall.empty() ? std::string("a system call") : std::string(waiter.wait.syscall);
      }
      return !waits;
    });
  }

  // Whether one of the others may be on its way back: it was stopped, and runs.
  bool note_those_that_wait(std::unordered_set<const model::Thread*>& waiting) const {
    const auto now = threads_now(target_);
    bool on_its_way = false;
    for (const Waiter& waiter : waiters_) {
      if (waiting.contains(waiter.thread)) {
        continue;
      }
      const auto known = now.find(*waiter.thread->tid);
      if (still_waits(*waiter.thread, now)) {
        waiting.insert(waiter.thread);
        waiter.thread->run_count = known->second.run_count;  // also where a stop has changed it
      } else if (known != now.end() && !waiter.thread->run_count) {
        on_its_way = on_its_way || known->second.state == OsState::running;
      }
    }
    return on_its_way;
  }

  [[nodiscard]] bool only_here(const FoundFile& file) const {
    return !file.shown.processes.empty() &&
           std::ranges::all_of(file.shown.processes,
                               [this](const model::OtherProcess& one) { return one.pid == pid_; });
  }

  // Where every thread of Python waits, with no limit of time, for files of which this process has both ends, it is to
  // be known whether another one has them too: it is then that nobody else could wake one of them.
  void search_for_wakers() {
    const auto known = std::ranges::count_if(waiters_, [](const Waiter& one) { return one.thread->python; });
    const auto all = std::ranges::count_if(still_.threads, &model::Thread::python);
    std::vector<FoundFile*> files;
    for (Waiter& waiter : waiters_) {
      if (waiter.thread->python && (waiter.facts.limited || waiter.facts.timeout || waiter.facts.seconds_left)) {
        return;
      }
      for (FoundFile& file : waiter.files) {
        if (only_here(file)) {
          files.push_back(&file);
        } else if (waiter.thread->python) {
          return;
        }
      }
    }
    if (known == all) {
      files_.find_other_ends_anywhere(files);
    }
  }

  [[nodiscard]] std::vector<AttendedPipe> attended_pipes() const {
    std::vector<AttendedPipe> attended;
    for (const Waiter& waiter : waiters_) {
      for (const FoundFile& file : waiter.files) {
        if (file.open && file.open->kind == model::FileKind::pipe) {
          attended.push_back({.link = file.open->link, .reads = file.open->reads});
        }
      }
    }
    return attended;
  }

  [[nodiscard]] std::string in_words(const Waiter& waiter) const {
    if (waiter.thread->system_call) {
      return wait_in_words(waiter.wait, waiter.files, waiter.facts, pid_);
    }
    const auto& channel = waiter.facts.wait_channel;
    return "waits outside of any system call, for memory or the disk" +
           (channel ? " (wait channel " + *channel + ")" : "");
  }

  const target::Target& target_;
  bool how_long_;
  model::Still& still_;
  ArgumentMemory memory_;
  std::unique_ptr<target::Surroundings> surroundings_;
  std::int64_t pid_;
  WaitedFiles files_;
  std::vector<Waiter> waiters_;
};

bool sleeps(const target::ThreadInfo& thread) {
  return thread.state == OsState::sleeping || thread.state == OsState::uninterruptible;
}

// Whether it could make another thread go on.
bool may_wake_others(const model::Thread& thread) {
  using namespace std::string_view_literals;
  const bool for_another = thread.waiting_on && thread.waiting_on->syscall == "futex"sv &&
                           !thread.waiting_on->limited && !thread.waiting_on->timeout &&
                           !thread.waiting_on->seconds_left;
  return !for_another && thread.os_state != OsState::finished;
}

}  // namespace

void add_thread_waits(const target::Target& target, model::Still& still) {
  Explainer(target, still, true).explain();
}

void ThreadWaits::observe(const std::vector<target::ThreadInfo>& threads,
                          const std::unordered_map<Tid, target::Syscall>& calls) {
  model::Still seen;
  seen.source = seen_.source;
  for (const target::ThreadInfo& thread : threads) {
    model::Thread one{.tid = thread.tid, .os_state = thread.state, .run_count = thread.run_count};
    if (const auto call = calls.find(thread.tid); call != calls.end()) {
      one.system_call = call->second;
    }
    seen.threads.push_back(std::move(one));
  }
  seen_ = std::move(seen);
  Explainer(target_, seen_, how_long_).explain();
  runs_.clear();
  for (const model::Thread& thread : seen_.threads) {
    if (thread.waiting_on && thread.run_count) {
      runs_.emplace(*thread.tid, *thread.run_count);
    }
  }
}

void ThreadWaits::put(model::Still& still) {
  std::unordered_map<Tid, model::Thread*> seen;
  for (model::Thread& thread : seen_.threads) {
    seen.emplace(*thread.tid, &thread);
  }
  std::unordered_set<Tid> of_python;
  for (model::Thread& thread : still.threads) {
    const auto known = thread.tid ? seen.find(*thread.tid) : seen.end();
    if (known != seen.end()) {
      thread.waiting_on = known->second->waiting_on;
      thread.left_call = known->second->left_call;
    }
    if (thread.python && thread.tid) {
      of_python.insert(*thread.tid);
    }
  }
  still.native_wakers = std::ranges::count_if(seen_.threads, [&](const model::Thread& thread) {
    return !of_python.contains(*thread.tid) && may_wake_others(thread);
  });
  still.signals = seen_.signals;
  still.descendants = std::move(seen_.descendants);
  still.forked_from = std::move(seen_.forked_from);
}

std::unordered_set<Tid> ThreadWaits::unmoved() const {
  std::unordered_set<Tid> found;
  const auto now = target_.lifeless() ? std::unordered_map<Tid, target::ThreadInfo>{} : threads_now(target_);
  for (const model::Thread& thread : seen_.threads) {
    if (!thread.waiting_on) {
      continue;
    }
    const auto known = now.find(*thread.tid);
    const auto runs = runs_.find(*thread.tid);
    // Where the kernel keeps no count of runs, the call that it was in must do.
    const bool same =
        known != now.end() && sleeps(known->second) && (runs == runs_.end() || known->second.run_count == runs->second);
    if (target_.lifeless() || same) {
      found.insert(*thread.tid);
    }
  }
  return found;
}

void forget_what_movers_want(const std::unordered_set<Tid>& unmoved, model::Still& still) {
  // Who waits for the GIL, or for all threads to stand still, wakes up again and again; that it does so is part of the
  // still itself.
  const auto read_with_the_still = [&](const model::Thread& thread) {
    return thread.waits_for_gil == true ||
           (thread.wants->resource < still.resources.size() &&
            still.resources[thread.wants->resource].kind == model::ResourceKind::standstill);
  };
  for (model::Thread& thread : still.threads) {
    if (thread.wants && !read_with_the_still(thread) && (!thread.tid || !unmoved.contains(*thread.tid))) {
      thread.wants.reset();
    }
  }
}

}  // namespace stillframe::waits
