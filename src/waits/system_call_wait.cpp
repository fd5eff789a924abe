#include "waits/system_call_wait.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <span>
#include <string_view>

#include "target/system_calls.h"
#include "waits/decoders.h"

namespace stillframe::waits {
namespace {

using Decode = void (*)(const Call&, Wait&);

struct Decoder {
  std::string_view name;
  Decode decode;
};

// Calls that deal with one file, which is their first argument.
struct FileCall {
  std::string_view name;
  Operation operation;
  std::string_view way;
  bool to_read;
  bool to_write;
};

constexpr std::array kFileCalls{
    FileCall{"read", Operation::reads, "", true, false},
    FileCall{"readv", Operation::reads, "", true, false},
    FileCall{"pread64", Operation::reads, "", true, false},
    FileCall{"preadv", Operation::reads, "", true, false},
    FileCall{"preadv2", Operation::reads, "", true, false},
    FileCall{"getdents", Operation::reads, "", true, false},
    FileCall{"getdents64", Operation::reads, "", true, false},
    FileCall{"write", Operation::writes, "", false, true},
    FileCall{"writev", Operation::writes, "", false, true},
    FileCall{"pwrite64", Operation::writes, "", false, true},
    FileCall{"pwritev", Operation::writes, "", false, true},
    FileCall{"pwritev2", Operation::writes, "", false, true},
    FileCall{"vmsplice", Operation::writes, "", false, true},
    FileCall{"recvfrom", Operation::receives, "recv", true, false},
    FileCall{"recvmsg", Operation::receives, "recvmsg", true, false},
    FileCall{"recvmmsg", Operation::receives, "recvmmsg", true, false},
    FileCall{"sendto", Operation::sends, "send", false, true},
    FileCall{"sendmsg", Operation::sends, "sendmsg", false, true},
    FileCall{"sendmmsg", Operation::sends, "sendmmsg", false, true},
    FileCall{"accept", Operation::accepts, "accept", true, false},
    FileCall{"accept4", Operation::accepts, "accept", true, false},
    FileCall{"connect", Operation::connects, "connect", false, true},
    FileCall{"fsync", Operation::flushes, "", false, false},
    FileCall{"fdatasync", Operation::flushes, "", false, false},
    FileCall{"syncfs", Operation::flushes, "", false, false},
    FileCall{"sync_file_range", Operation::flushes, "", false, false},
    FileCall{"ioctl", Operation::controls, "ioctl", false, false},
    FileCall{"ftruncate", Operation::controls, "ftruncate", false, false},
    FileCall{"fallocate", Operation::controls, "fallocate", false, false},
    FileCall{"fstat", Operation::controls, "fstat", false, false},
    FileCall{"lseek", Operation::controls, "lseek", false, false},
    FileCall{"close", Operation::controls, "close", false, false},
    FileCall{"io_uring_enter", Operation::awaits_completion, "", true, false},
};

void copy(const Call& call, std::size_t from, std::size_t to, Wait& wait) {
  wait.operation = Operation::copies;
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
              wait.limited = call.address(4) != 0;
              wait.timeout = wait.limited ? call.memory.timeval(call.address(4)) : std::nullopt;
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
              wait.operation = Operation::awaits_futex;
              wait.address = call.address(0);
              set_deadline(call, 4, call.integer(5), wait);
            }},
    Decoder{"futex_waitv",
            [](const Call& call, Wait& wait) {
              wait.operation = Operation::awaits_futexes;
              wait.id = call.integer(1);
              set_deadline(call, 3, call.integer(4), wait);
            }},
    Decoder{"flock",
            [](const Call& call, Wait& wait) {
              wait.operation = Operation::locks;
              add_file(wait, call.integer(0), false, false);
            }},
    Decoder{"fcntl", decode_fcntl},
    Decoder{"wait4", decode_wait4},
    Decoder{"waitid", decode_waitid},
    Decoder{"vfork", [](const Call& /*call*/, Wait& wait) { wait.operation = Operation::spawns; }},
    Decoder{"clone", [](const Call& call, Wait& wait) { decode_clone(call.number(0), wait); }},
    Decoder{"clone3",
            [](const Call& call, Wait& wait) {
              // struct clone_args: flags first
              decode_clone(call.memory.word(call.address(0)).value_or(0), wait);
            }},
};

constexpr std::array kSleeps{
    Decoder{"nanosleep",
            [](const Call& call, Wait& wait) {
              wait.operation = Operation::sleeps;
              set_timespec(call, 0, wait);
            }},
    Decoder{"clock_nanosleep",
            [](const Call& call, Wait& wait) {
              wait.operation = Operation::sleeps;
              if ((call.integer(1) & TIMER_ABSTIME) != 0) {
                set_deadline(call, 2, call.integer(0), wait);
              } else {
                set_timespec(call, 2, wait);
              }
            }},
    Decoder{"pause", [](const Call& /*call*/, Wait& wait) { wait.operation = Operation::awaits_signal; }},
    Decoder{"rt_sigsuspend", [](const Call& /*call*/, Wait& wait) { wait.operation = Operation::awaits_signal; }},
    Decoder{"rt_sigtimedwait",
            [](const Call& call, Wait& wait) {
              wait.operation = Operation::awaits_signal;
              wait.signals = call.memory.signal_set(call.address(0));
              set_timespec(call, 2, wait);
            }},
};

constexpr std::array kOthers{
    Decoder{"io_getevents",
            [](const Call& call, Wait& wait) {
              wait.operation = Operation::awaits_completion;
              set_timespec(call, 4, wait);
            }},
    Decoder{"io_pgetevents",
            [](const Call& call, Wait& wait) {
              wait.operation = Operation::awaits_completion;
              set_timespec(call, 4, wait);
            }},
    Decoder{"msgrcv",
            [](const Call& call, Wait& wait) {
              wait.operation = Operation::awaits_message;
              wait.id = call.integer(0);
            }},
    Decoder{"msgsnd",
            [](const Call& call, Wait& wait) {
              wait.operation = Operation::sends_message;
              wait.id = call.integer(0);
            }},
    Decoder{"mq_timedreceive",
            [](const Call& call, Wait& wait) { await_message(4, call, Operation::awaits_message, wait); }},
    Decoder{"mq_timedsend",
            [](const Call& call, Wait& wait) { await_message(4, call, Operation::sends_message, wait); }},
    Decoder{"semop",
            [](const Call& call, Wait& wait) {
              wait.operation = Operation::awaits_semaphore;
              wait.id = call.integer(0);
            }},
    Decoder{"semtimedop",
            [](const Call& call, Wait& wait) {
              wait.operation = Operation::awaits_semaphore;
              wait.id = call.integer(0);
              set_timespec(call, 3, wait);
            }},
    Decoder{"open",
            [](const Call& call, Wait& wait) {
              wait.operation = Operation::opens;
              wait.path = call.memory.path(call.address(0));
            }},
    Decoder{"openat",
            [](const Call& call, Wait& wait) {
              wait.operation = Operation::opens;
              wait.path = call.memory.path(call.address(1));
            }},
    Decoder{"restart_syscall", [](const Call& /*call*/, Wait& wait) { wait.operation = Operation::restarted; }},
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
    wait.operation = file->operation;
    wait.way = file->way.empty() ? name : file->way;
    add_file(wait, arguments.integer(0), file->to_read, file->to_write);
  } else if (const Decode decoder = find_decoder(name)) {
    decoder(arguments, wait);
  }
  return wait;
}

}  // namespace stillframe::waits
