#include "target/ptrace_hold.h"

#include <elf.h>
#include <fmt/format.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>

#include "target/process_errors.h"

namespace stillframe::target {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// A thread that runs stops within microseconds; one that waits for a disk does not stop at all.
constexpr auto kStopTimeout = 100ms;

long request(__ptrace_request what, Tid tid, std::uintptr_t address = 0, std::uintptr_t data = 0) {
  return ptrace(what, static_cast<pid_t>(tid), address, data);
}

}  // namespace

Result<std::unique_ptr<Hold>> PtraceHold::stop(std::int64_t pid, std::span<const Tid> tids) {
  std::unique_ptr<PtraceHold> hold(new PtraceHold);
  int error = ESRCH;
  for (const Tid tid : tids) {
    if (request(PTRACE_SEIZE, tid) == 0) {
      hold->seized_.push_back({.tid = tid});
    } else {
      error = errno == ESRCH ? error : errno;
    }
  }
  // All interrupts before any wait: the threads stop side by side.
  hold->began_ = Clock::now();
  for (const Seized& thread : hold->seized_) {
    request(PTRACE_INTERRUPT, thread.tid);
  }
  hold->wait_for_stops();
  if (hold->held_.empty()) {
    return std::unexpected(explain_ptrace_error(pid, error));
  }
  return std::unique_ptr<Hold>(std::move(hold));
}

void PtraceHold::wait_for_stops() {
  const auto deadline = Clock::now() + kStopTimeout;
  for (Seized& thread : seized_) {
    if (wait_for(thread, deadline)) {
      held_.push_back(thread.tid);
    }
  }
}

bool PtraceHold::wait_for(Seized& thread, Clock::time_point deadline) {
  for (unsigned tries = 0;; ++tries) {
    int status = 0;
    const pid_t got = waitpid(static_cast<pid_t>(thread.tid), &status, __WALL | WNOHANG);
    if (got < 0) {
      return false;  // it has ended, and somebody else heard of it
    }
    if (got == 0) {
      if (Clock::now() > deadline) {
        return false;
      }
      // The first stops come within microseconds: look again at once, then leave the CPU to the target.
      if (tries > 200) {
        const timespec pause{.tv_sec = 0, .tv_nsec = 20'000};
        nanosleep(&pause, nullptr);
      }
      continue;
    }
    if (!WIFSTOPPED(status)) {
      return false;  // ended
    }
    thread.stopped = true;
    // PTRACE_EVENT_STOP is our interrupt (or a group stop, which goes on when the thread is let go); anything else is a
    // signal on its way to the thread, which it gets when it is let go.
    if (status >> 16 != PTRACE_EVENT_STOP) {
      thread.pending_signal = WSTOPSIG(status);
    }
    return true;
  }
}

void PtraceHold::let_go(const Seized& thread) const {
  if (thread.stopped) {
    request(PTRACE_DETACH, thread.tid, 0, static_cast<std::uintptr_t>(thread.pending_signal));
  } else {
    // Not stopped in time. It may stop at any moment; only the end of this process, or a stop, lets it go.
    int status = 0;
    if (waitpid(static_cast<pid_t>(thread.tid), &status, __WALL | WNOHANG) > 0 && WIFSTOPPED(status)) {
      const int signal = status >> 16 == PTRACE_EVENT_STOP ? 0 : WSTOPSIG(status);
      request(PTRACE_DETACH, thread.tid, 0, static_cast<std::uintptr_t>(signal));
    }
  }
}

std::int64_t PtraceHold::release() {
  if (seized_.empty()) {
    return 0;
  }
  for (const Seized& thread : seized_) {
    let_go(thread);
  }
  seized_.clear();
  held_.clear();
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began_).count();
}

PtraceHold::~PtraceHold() { release(); }

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
#else
#error "this architecture is not supported"
#endif
  return registers;
}

}  // namespace stillframe::target
