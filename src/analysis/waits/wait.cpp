#include "analysis/waits/wait.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <map>

#include "target/system_calls.h"

namespace stillframe::analysis {
namespace {

// A call with its arguments as what they are.
struct Call {
  const std::array<std::uint64_t, 6>& arguments;
  const ArgumentMemory& memory;

  [[nodiscard]] Address address(std::size_t i) const { return arguments.at(i); }
  [[nodiscard]] std::uint64_t number(std::size_t i) const { return arguments.at(i); }
  // The kernel looks at the lower half only.
  [[nodiscard]] int integer(std::size_t i) const {
    return static_cast<int>(static_cast<std::uint32_t>(arguments.at(i)));
  }
};

using Decode = void (*)(const Call&, Wait&);

void add_file(Wait& wait, int fd, bool to_read, bool to_write) {
  if (fd >= 0) {
    wait.files.push_back({.fd = fd, .to_read = to_read, .to_write = to_write});
    wait.file_count = wait.files.size();
  }
}

// Milliseconds, negative: for ever.
void set_milliseconds(Wait& wait, int value) {
  if (value >= 0) {
    wait.timeout = value / 1000.0;
  }
}

void set_timespec(const Call& call, std::size_t argument, Wait& wait) {
  if (call.address(argument) != 0) {
    wait.timeout = call.memory.timespec(call.address(argument));
  }
}

void set_deadline(const Call& call, std::size_t argument, int clock, Wait& wait) {
  const auto at = call.address(argument) != 0 ? call.memory.timespec(call.address(argument)) : std::nullopt;
  if (at) {
    wait.deadline = Deadline{.clock = clock, .at = *at};
  }
}

// Where nothing is waited for but the time, it is a sleep, whatever the call is: time.sleep() to Python 3.10 is
// select().
void settle_poll(Wait& wait, bool nothing) {
  wait.deed = !nothing ? Deed::polls : wait.timeout ? Deed::sleeps : Deed::sleeps_for_ever;
}

void decode_poll(const Call& call, Wait& wait) {
  wait.way = "poll";
  std::size_t ignored = 0;
  for (const PollEntry& entry : call.memory.poll_entries(call.address(0), call.number(1) & 0xffffffffU)) {
    ignored += entry.fd < 0 ? 1 : 0;
    add_file(wait, entry.fd, (entry.events & (POLLIN | POLLPRI | POLLRDNORM | POLLRDHUP)) != 0,
             (entry.events & (POLLOUT | POLLWRNORM)) != 0);
  }
  wait.file_count = std::max(wait.files.size(), static_cast<std::size_t>(call.number(1) & 0xffffffffU) - ignored);
  settle_poll(wait, wait.file_count == 0);
}

void decode_select(const Call& call, Wait& wait) {
  wait.way = "select";
  std::map<int, WantedFile> files;
  const auto count = static_cast<std::uint64_t>(std::max(call.integer(0), 0));
  for (const int fd : call.memory.fd_set(call.address(1), count)) {
    files[fd].to_read = true;
  }
  for (const int fd : call.memory.fd_set(call.address(2), count)) {
    files[fd].to_write = true;
  }
  for (const int fd : call.memory.fd_set(call.address(3), count)) {
    files[fd];  // for an exceptional condition
  }
  for (const auto& [fd, file] : files) {
    add_file(wait, fd, file.to_read, file.to_write);
  }
  settle_poll(wait, files.empty() && (count == 0 || (call.address(1) | call.address(2) | call.address(3)) == 0));
}

void decode_futex(const Call& call, Wait& wait) {
  const int operation = call.integer(1) & FUTEX_CMD_MASK;
  const int clock = (call.integer(1) & FUTEX_CLOCK_REALTIME) != 0 ? CLOCK_REALTIME : CLOCK_MONOTONIC;
  switch (operation) {
    case FUTEX_WAIT:
      set_timespec(call, 3, wait);
      break;
    case FUTEX_WAIT_BITSET:
    case FUTEX_WAIT_REQUEUE_PI:
    case FUTEX_LOCK_PI2:
      set_deadline(call, 3, clock, wait);
      break;
    case FUTEX_LOCK_PI:
      set_deadline(call, 3, CLOCK_REALTIME, wait);
      break;
    default:
      return;
  }
  wait.deed = Deed::awaits_futex;
  wait.address = call.address(0);
}

void decode_fcntl(const Call& call, Wait& wait) {
  const int command = call.integer(1);
  add_file(wait, call.integer(0), false, false);
  wait.deed = command == F_SETLKW || command == F_OFD_SETLKW ? Deed::locks : Deed::controls;
  wait.lock = command == F_SETLKW ? target::LockKind::posix : target::LockKind::open_file_description;
}

void decode_wait4(const Call& call, Wait& wait) {
  const int pid = call.integer(0);
  wait.deed = Deed::awaits_child;
  wait.children = pid > 0 ? Children::one : pid < -1 ? Children::group : Children::any;
  wait.id = pid < -1 ? -static_cast<std::int64_t>(pid) : pid;
}

void decode_waitid(const Call& call, Wait& wait) {
  wait.deed = Deed::awaits_child;
  wait.id = call.integer(1);
  switch (call.integer(0)) {
    case P_PID:
      wait.children = Children::one;
      break;
    case P_PGID:
      wait.children = wait.id == 0 ? Children::any : Children::group;
      break;
    case P_PIDFD:
      wait.children = Children::pidfd;
      add_file(wait, call.integer(1), true, false);
      break;
    default:
      break;
  }
}

void decode_clone(const Call& call, std::uint64_t flags, Wait& wait) {
  static_cast<void>(call);
  wait.deed = (flags & CLONE_VFORK) != 0 ? Deed::spawns : Deed::other;
}

void decode_epoll(const Call& call, Wait& wait) {
  wait.deed = Deed::watches;
  wait.way = "epoll";
  add_file(wait, call.integer(0), true, false);
}

void await_message(std::size_t timeout, const Call& call, Deed deed, Wait& wait) {
  wait.deed = deed;
  add_file(wait, call.integer(0), deed == Deed::awaits_message, deed == Deed::sends_message);
  set_deadline(call, timeout, CLOCK_REALTIME, wait);
}

struct Decoder {
  std::string_view name;
  Decode decode;
};

// Calls that deal with one file, which is their first argument.
struct FileCall {
  std::string_view name;
  Deed deed;
  std::string_view way;
  bool to_read;
  bool to_write;
};

constexpr std::array kFileCalls{
    FileCall{"read", Deed::reads, "", true, false},
    FileCall{"readv", Deed::reads, "", true, false},
    FileCall{"pread64", Deed::reads, "", true, false},
    FileCall{"preadv", Deed::reads, "", true, false},
    FileCall{"preadv2", Deed::reads, "", true, false},
    FileCall{"getdents", Deed::reads, "", true, false},
    FileCall{"getdents64", Deed::reads, "", true, false},
    FileCall{"write", Deed::writes, "", false, true},
    FileCall{"writev", Deed::writes, "", false, true},
    FileCall{"pwrite64", Deed::writes, "", false, true},
    FileCall{"pwritev", Deed::writes, "", false, true},
    FileCall{"pwritev2", Deed::writes, "", false, true},
    FileCall{"vmsplice", Deed::writes, "", false, true},
    FileCall{"recvfrom", Deed::receives, "recv", true, false},
    FileCall{"recvmsg", Deed::receives, "recvmsg", true, false},
    FileCall{"recvmmsg", Deed::receives, "recvmmsg", true, false},
    FileCall{"sendto", Deed::sends, "send", false, true},
    FileCall{"sendmsg", Deed::sends, "sendmsg", false, true},
    FileCall{"sendmmsg", Deed::sends, "sendmmsg", false, true},
    FileCall{"accept", Deed::accepts, "accept", true, false},
    FileCall{"accept4", Deed::accepts, "accept", true, false},
    FileCall{"connect", Deed::connects, "connect", false, true},
    FileCall{"fsync", Deed::flushes, "", false, false},
    FileCall{"fdatasync", Deed::flushes, "", false, false},
    FileCall{"syncfs", Deed::flushes, "", false, false},
    FileCall{"sync_file_range", Deed::flushes, "", false, false},
    FileCall{"ioctl", Deed::controls, "ioctl", false, false},
    FileCall{"ftruncate", Deed::controls, "ftruncate", false, false},
    FileCall{"fallocate", Deed::controls, "fallocate", false, false},
    FileCall{"fstat", Deed::controls, "fstat", false, false},
    FileCall{"lseek", Deed::controls, "lseek", false, false},
    FileCall{"close", Deed::controls, "close", false, false},
    FileCall{"io_uring_enter", Deed::awaits_completion, "", true, false},
};

void copy(const Call& call, std::size_t from, std::size_t to, Wait& wait) {
  wait.deed = Deed::copies;
  add_file(wait, call.integer(from), true, false);
  add_file(wait, call.integer(to), false, true);
}

constexpr std::array kCopies{
    Decoder{"sendfile", [](const Call& call, Wait& wait) { copy(call, 1, 0, wait); }},
    Decoder{"splice", [](const Call& call, Wait& wait) { copy(call, 0, 2, wait); }},
    Decoder{"tee", [](const Call& call, Wait& wait) { copy(call, 0, 1, wait); }},
    Decoder{"copy_file_range", [](const Call& call, Wait& wait) { copy(call, 0, 2, wait); }},
};

constexpr std::array kPolls{
    Decoder{"poll",
            [](const Call& call, Wait& wait) {
              set_milliseconds(wait, call.integer(2));
              decode_poll(call, wait);
            }},
    Decoder{"ppoll",
            [](const Call& call, Wait& wait) {
              set_timespec(call, 2, wait);
              decode_poll(call, wait);
            }},
    Decoder{"select",
            [](const Call& call, Wait& wait) {
              wait.timeout = call.address(4) != 0 ? call.memory.timeval(call.address(4)) : std::nullopt;
              decode_select(call, wait);
            }},
    Decoder{"pselect6",
            [](const Call& call, Wait& wait) {
              set_timespec(call, 4, wait);
              decode_select(call, wait);
            }},
    Decoder{"epoll_wait",
            [](const Call& call, Wait& wait) {
              set_milliseconds(wait, call.integer(3));
              decode_epoll(call, wait);
            }},
    Decoder{"epoll_pwait",
            [](const Call& call, Wait& wait) {
              set_milliseconds(wait, call.integer(3));
              decode_epoll(call, wait);
            }},
    Decoder{"epoll_pwait2",
            [](const Call& call, Wait& wait) {
              set_timespec(call, 3, wait);
              decode_epoll(call, wait);
            }},
};

constexpr std::array kLocksAndChildren{
    Decoder{"futex", decode_futex},
    Decoder{"futex_wait",
            [](const Call& call, Wait& wait) {
              wait.deed = Deed::awaits_futex;
              wait.address = call.address(0);
              set_deadline(call, 4, call.integer(5), wait);
            }},
    Decoder{"futex_waitv",
            [](const Call& call, Wait& wait) {
              wait.deed = Deed::awaits_futexes;
              wait.id = call.integer(1);
              set_deadline(call, 3, call.integer(4), wait);
            }},
    Decoder{"flock",
            [](const Call& call, Wait& wait) {
              wait.deed = Deed::locks;
              add_file(wait, call.integer(0), false, false);
            }},
    Decoder{"fcntl", decode_fcntl},
    Decoder{"wait4", decode_wait4},
    Decoder{"waitid", decode_waitid},
    Decoder{"vfork", [](const Call& /*call*/, Wait& wait) { wait.deed = Deed::spawns; }},
    Decoder{"clone", [](const Call& call, Wait& wait) { decode_clone(call, call.number(0), wait); }},
    Decoder{"clone3",
            [](const Call& call, Wait& wait) {
              decode_clone(call, call.memory.word(call.address(0)).value_or(0),
                           wait);  // struct clone_args: flags first
            }},
};

constexpr std::array kSleeps{
    Decoder{"nanosleep",
            [](const Call& call, Wait& wait) {
              wait.deed = Deed::sleeps;
              set_timespec(call, 0, wait);
            }},
    Decoder{"clock_nanosleep",
            [](const Call& call, Wait& wait) {
              wait.deed = Deed::sleeps;
              if ((call.integer(1) & TIMER_ABSTIME) != 0) {
                set_deadline(call, 2, call.integer(0), wait);
              } else {
                set_timespec(call, 2, wait);
              }
            }},
    Decoder{"pause", [](const Call& /*call*/, Wait& wait) { wait.deed = Deed::awaits_signal; }},
    Decoder{"rt_sigsuspend", [](const Call& /*call*/, Wait& wait) { wait.deed = Deed::awaits_signal; }},
    Decoder{"rt_sigtimedwait",
            [](const Call& call, Wait& wait) {
              wait.deed = Deed::awaits_signal;
              wait.signals = call.memory.signal_set(call.address(0));
              set_timespec(call, 2, wait);
            }},
};

constexpr std::array kOthers{
    Decoder{"io_getevents",
            [](const Call& call, Wait& wait) {
              wait.deed = Deed::awaits_completion;
              set_timespec(call, 4, wait);
            }},
    Decoder{"io_pgetevents",
            [](const Call& call, Wait& wait) {
              wait.deed = Deed::awaits_completion;
              set_timespec(call, 4, wait);
            }},
    Decoder{"msgrcv",
            [](const Call& call, Wait& wait) {
              wait.deed = Deed::awaits_message;
              wait.id = call.integer(0);
            }},
    Decoder{"msgsnd",
            [](const Call& call, Wait& wait) {
              wait.deed = Deed::sends_message;
              wait.id = call.integer(0);
            }},
    Decoder{"mq_timedreceive",
            [](const Call& call, Wait& wait) { await_message(4, call, Deed::awaits_message, wait); }},
    Decoder{"mq_timedsend", [](const Call& call, Wait& wait) { await_message(4, call, Deed::sends_message, wait); }},
    Decoder{"semop",
            [](const Call& call, Wait& wait) {
              wait.deed = Deed::awaits_semaphore;
              wait.id = call.integer(0);
            }},
    Decoder{"semtimedop",
            [](const Call& call, Wait& wait) {
              wait.deed = Deed::awaits_semaphore;
              wait.id = call.integer(0);
              set_timespec(call, 3, wait);
            }},
    Decoder{"open",
            [](const Call& call, Wait& wait) {
              wait.deed = Deed::opens;
              wait.path = call.memory.path(call.address(0));
            }},
    Decoder{"openat",
            [](const Call& call, Wait& wait) {
              wait.deed = Deed::opens;
              wait.path = call.memory.path(call.address(1));
            }},
    Decoder{"restart_syscall", [](const Call& /*call*/, Wait& wait) { wait.deed = Deed::restarted; }},
};

Decode find_decoder(std::string_view name) {
  for (const std::span<const Decoder> group :
       {std::span<const Decoder>(kPolls), std::span<const Decoder>(kLocksAndChildren),
        std::span<const Decoder>(kSleeps), std::span<const Decoder>(kCopies), std::span<const Decoder>(kOthers)}) {
    if (const auto found = std::ranges::find(group, name, &Decoder::name); found != group.end()) {
      return found->decode;
    }
  }
  return nullptr;
}

// The call that a restart_syscall goes on with: its arguments are still in the registers. Only these four ask to be
// restarted like that (kernel/futex, kernel/time, fs/select.c).
std::optional<std::string_view> restarted_call(const model::SystemCall& call, const ArgumentMemory& memory) {
  const auto number = call.name == "restart_syscall" ? memory.call_number_before(call.pc) : std::nullopt;
  if (!number) {
    return std::nullopt;
  }
  constexpr std::array<std::string_view, 4> restartable{"futex", "nanosleep", "clock_nanosleep", "poll"};
  const std::string_view name = target::system_call_name(binary::CoreMachine::x86_64, *number);
  return std::ranges::find(restartable, name) != restartable.end() ? std::optional(name) : std::nullopt;
}

}  // namespace

Wait decode(const model::SystemCall& call, const ArgumentMemory& memory) {
  const std::string_view name = restarted_call(call, memory).value_or(call.name);
  Wait wait{.syscall = name, .way = name};
  if (!call.first_argument_known) {
    return wait;
  }
  const Call arguments{.arguments = call.arguments, .memory = memory};
  if (const auto file = std::ranges::find(kFileCalls, name, &FileCall::name); file != kFileCalls.end()) {
    wait.deed = file->deed;
    wait.way = file->way.empty() ? name : file->way;
    add_file(wait, arguments.integer(0), file->to_read, file->to_write);
  } else if (const Decode decoder = find_decoder(name)) {
    decoder(arguments, wait);
  }
  return wait;
}

}  // namespace stillframe::analysis
