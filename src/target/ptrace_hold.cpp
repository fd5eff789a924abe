#include "target/ptrace_hold.h"

#include <elf.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <iterator>

#include "model/check.h"
#include "target/proc_files.h"
#include "target/process_errors.h"

namespace stillframe::target {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// A thread that runs stops within microseconds, one that waits for a CPU when it gets one, and one that waits for a
// disk does not stop at all.
constexpr auto kTimeForDisks = 50ms;
// For the end of what was killed while it stood still: then nobody else waits.
constexpr auto kEndTimeout = 2s;
constexpr unsigned kPollsAtOnce = 20;
constexpr unsigned kPollsWithoutSleep = 1000;

long request(__ptrace_request what, Tid tid, std::uintptr_t address = 0, std::uintptr_t data = 0) {
  return ptrace(what, static_cast<pid_t>(tid), address, data);
}

void rest() {
  const timespec pause{.tv_sec = 0, .tv_nsec = 20'000};
  nanosleep(&pause, nullptr);
}

// A thread in state D would stop only when the kernel has done what it waits for, which may be long after we let go of
// the others; and the kernel knows no way to take an interrupt back. Such a thread is better not seized at all.
bool waits_uninterruptibly(std::int64_t pid, Tid tid) {
  const auto text = read_proc_file(fmt::format("/proc/{}/task/{}/stat", pid, tid));
  const auto stat = text ? parse_stat(*text) : std::nullopt;
  return stat && stat->state == 'D';
}

enum class Wait : std::uint8_t { stopped, running, ended };

// The end of a traced thread is told to its tracer first; until that took note, nobody else hears of it.
void reap(std::int64_t pid, Tid tid) {
  if (tid == pid) {
    const auto status = read_proc_file(fmt::format("/proc/{}/status", pid));
    if (!status || status_number(*status, "PPid") == getpid()) {
      return;
    }
  }
  waitpid(static_cast<pid_t>(tid), nullptr, __WALL | WNOHANG);
}

Wait poll(std::int64_t pid, SeizedThread& thread) {
  siginfo_t info{};
  // WNOWAIT: the end of a process that is our own child is news for whoever started it, not for us.
  if (waitid(P_PID, static_cast<id_t>(thread.tid), &info, WSTOPPED | WEXITED | WNOHANG | WNOWAIT | __WALL) != 0) {
    return Wait::ended;  // and somebody else heard of it
  }
  if (info.si_pid == 0) {
    return Wait::running;
  }
  if (info.si_code != CLD_TRAPPED && info.si_code != CLD_STOPPED) {
    reap(pid, thread.tid);
    return Wait::ended;
  }
  thread.stopped = true;
  // PTRACE_EVENT_STOP is our interrupt (or a group stop, which goes on when the thread is let go); anything else is a
  // signal on its way to the thread, which it gets when it is let go.
  if (info.si_status >> 8 != PTRACE_EVENT_STOP) {
    thread.pending_signal = info.si_status & 0x7F;
  }
  return Wait::stopped;
}

bool detach(const SeizedThread& thread) {
  return request(PTRACE_DETACH, thread.tid, 0, static_cast<std::uintptr_t>(thread.pending_signal)) == 0;
}

std::unexpected<Error> all_stuck(std::int64_t pid) {
  return fail(ErrorKind::gone, fmt::format("stop the threads of process {}", pid),
              "they wait in the kernel and cannot be interrupted (state D), or have just ended",
              fmt::format("look again, or read without stopping: stillframe dump --no-block {}", pid));
}

std::unexpected<Error> all_late(std::int64_t pid, std::chrono::milliseconds limit) {
  return fail(ErrorKind::io, fmt::format("stop the threads of process {}", pid),
              fmt::format("none stopped within {} ms: they get no CPU to do so", limit.count()),
              "give them a CPU (their priority, the quota of their cgroup), or more time: --stop-limit 2000");
}

}  // namespace

void Stragglers::let_go() {
  // One that was killed while it stood still ends by itself.
  std::erase_if(threads_, [this](SeizedThread& thread) {
    const Wait now = poll(pid_, thread);
    return now == Wait::ended || (now == Wait::stopped && detach(thread));
  });
}

Result<std::unique_ptr<Hold>> PtraceHold::stop(std::int64_t pid, std::span<const Tid> tids,
                                               std::shared_ptr<Stragglers> stragglers,
                                               std::chrono::milliseconds limit) {
  std::vector<Tid> interruptible;
  interruptible.reserve(tids.size());
  std::ranges::copy_if(tids, std::back_inserter(interruptible),
                       [pid](Tid tid) { return !waits_uninterruptibly(pid, tid); });
  if (interruptible.empty() && !tids.empty()) {
    return all_stuck(pid);
  }
  return seize(pid, interruptible, std::move(stragglers), limit);
}

Result<std::unique_ptr<Hold>> PtraceHold::seize(std::int64_t pid, std::span<const Tid> tids,
                                                std::shared_ptr<Stragglers> stragglers,
                                                std::chrono::milliseconds limit) {
  std::unique_ptr<PtraceHold> hold(new PtraceHold(pid, std::move(stragglers)));
  int error = ESRCH;
  hold->seized_.reserve(tids.size());
  hold->held_.reserve(tids.size());
  for (const Tid tid : tids) {
    if (request(PTRACE_SEIZE, tid) == 0) {
      hold->seized_.push_back({.tid = tid});
    } else {
      error = errno == ESRCH ? error : errno;
    }
  }
  // All interrupts before any wait: the threads stop side by side.
  hold->began_ = Clock::now();
  for (const SeizedThread& thread : hold->seized_) {
    request(PTRACE_INTERRUPT, thread.tid);
  }
  hold->wait_for_stops(limit);
  if (!hold->held_.empty()) {
    return std::unique_ptr<Hold>(std::move(hold));
  }
  if (!hold->seized_.empty() && error == ESRCH) {
    const bool starved = !hold->late_.empty();
    hold->release();
    return starved ? all_late(pid, limit) : all_stuck(pid);
  }
  return std::unexpected(explain_ptrace_error(pid, error));
}

// The threads of the target stand still until we have done: where that is allowed, nobody goes before us.
PtraceHold::PtraceHold(std::int64_t pid, std::shared_ptr<Stragglers> stragglers)
    : pid_(pid), stragglers_(std::move(stragglers)) {
  constexpr int kFirst = -20;
  errno = 0;
  const int before = getpriority(PRIO_PROCESS, 0);
  if (errno == 0 && before > kFirst && setpriority(PRIO_PROCESS, 0, kFirst) == 0) {
    niceness_ = before;
  }
}

std::size_t PtraceHold::poll_all(bool look_for_disks) {
  std::size_t running = 0;
  for (SeizedThread& thread : seized_) {
    if (!thread.stopped && !thread.given_up && poll(pid_, thread) == Wait::running) {
      thread.given_up = look_for_disks && waits_uninterruptibly(pid_, thread.tid);
      running += thread.given_up ? 0 : 1;
    } else if (!thread.stopped) {
      thread.given_up = true;  // it has ended
    }
  }
  return running;
}

// One deadline for all of them: each further thread that waits for a CPU costs the others nothing more.
void PtraceHold::wait_for_stops(std::chrono::milliseconds limit) {
  bool looked_for_disks = false;
  std::size_t running = poll_all(false);
  for (unsigned tries = 1; running > 0; ++tries) {
    const auto waited = Clock::now() - began_;
    if (waited > limit) {
      break;
    }
    // The first stops come within microseconds: look again at once, then leave the CPU to the target.
    if (tries > kPollsWithoutSleep) {
      rest();
    } else if (tries > kPollsAtOnce) {
      sched_yield();
    }
    const bool look = waited > kTimeForDisks && !looked_for_disks;
    looked_for_disks = looked_for_disks || look;
    running = poll_all(look);
  }
  for (const SeizedThread& thread : seized_) {
    if (thread.stopped) {
      held_.push_back(thread.tid);
    } else if (!thread.given_up) {
      late_.push_back(thread.tid);
    }
  }
}

// Lets everything go; `seized_` keeps those that were killed while they stood still.
void PtraceHold::let_go_all() {
  std::erase_if(seized_, [this](SeizedThread& thread) {
    // A thread that did not stop in time may have done so since.
    const Wait now = thread.stopped ? Wait::stopped : poll(pid_, thread);
    if (now == Wait::running && stragglers_) {
      stragglers_->add(thread);
    }
    return now != Wait::stopped || detach(thread);
  });
  held_.clear();
  if (niceness_) {
    setpriority(PRIO_PROCESS, 0, *niceness_);
    niceness_.reset();
  }
}

// The process of a killed thread ends for its parent only when we have heard of that thread's end; and of the main
// thread's end one hears last.
void PtraceHold::bury_killed() {
  const auto began = Clock::now();
  while (!seized_.empty() && Clock::now() - began < kEndTimeout) {
    std::erase_if(seized_, [this](SeizedThread& thread) { return poll(pid_, thread) == Wait::ended; });
    rest();
  }
  seized_.clear();
}

std::int64_t PtraceHold::release() {
  if (seized_.empty()) {
    return 0;
  }
  let_go_all();
  const auto pause = Clock::now() - began_;
  bury_killed();
  SF_CHECK(seized_.empty() && held_.empty(), {"seized", static_cast<std::int64_t>(seized_.size())},
           {"held", static_cast<std::int64_t>(held_.size())});
  return std::chrono::duration_cast<std::chrono::microseconds>(pause).count();
}

PtraceHold::~PtraceHold() {
  let_go_all();
}

Result<Registers> PtraceHold::registers(Tid tid) const {
  user_regs_struct raw{};
  iovec vector{.iov_base = &raw, .iov_len = sizeof raw};
  if (request(PTRACE_GETREGSET, tid, NT_PRSTATUS, reinterpret_cast<std::uintptr_t>(&vector)) != 0) {
    return fail(ErrorKind::gone, fmt::format("read the registers of thread {}", tid), std::strerror(errno),
                "the thread may have ended; look again");
  }
  Registers registers;
#if defined(__x86_64__)
  registers.dwarf = {raw.rax, raw.rdx, raw.rcx, raw.rbx, raw.rsi, raw.rdi, raw.rbp, raw.rsp, raw.r8,
                     raw.r9,  raw.r10, raw.r11, raw.r12, raw.r13, raw.r14, raw.r15, raw.rip};
  registers.pc = raw.rip;
  registers.sp = raw.rsp;
  registers.thread_pointer = raw.fs_base;
#elif defined(__aarch64__)
  registers.dwarf.assign(std::begin(raw.regs), std::end(raw.regs));
  registers.dwarf.push_back(raw.sp);
  registers.dwarf.push_back(raw.pc);
  registers.pc = raw.pc;
  registers.sp = raw.sp;
  std::uint64_t tls = 0;
  iovec tls_vector{.iov_base = &tls, .iov_len = sizeof tls};
  if (request(PTRACE_GETREGSET, tid, NT_ARM_TLS, reinterpret_cast<std::uintptr_t>(&tls_vector)) == 0) {
    registers.thread_pointer = tls;
  }
#else
#error "this architecture is not supported"
#endif
  return registers;
}

}  // namespace stillframe::target
