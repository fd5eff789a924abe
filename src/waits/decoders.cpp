#include "waits/decoders.h"

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

namespace stillframe::waits {
namespace {

// Where nothing is waited for but the time, it is a sleep, whatever the call is: time.sleep() to Python 3.10 is
// select().
void settle_poll(Wait& wait, bool nothing) {
  wait.operation = !nothing ? Operation::polls : wait.timeout ? Operation::sleeps : Operation::sleeps_for_ever;
}

}  // namespace

void add_file(Wait& wait, int fd, bool to_read, bool to_write) {
  if (fd >= 0) {
    wait.files.push_back({.fd = fd, .to_read = to_read, .to_write = to_write});
    wait.file_count = wait.files.size();
  }
}

void set_milliseconds(Wait& wait, int value) {
  if (value >= 0) {
    wait.timeout = value / 1000.0;
    wait.limited = true;
  }
}

void set_timespec(const Call& call, std::size_t argument, Wait& wait) {
  if (call.address(argument) != 0) {
    wait.timeout = call.memory.timespec(call.address(argument));
    wait.limited = true;
  }
}

void set_deadline(const Call& call, std::size_t argument, int clock, Wait& wait) {
  wait.limited = wait.limited || call.address(argument) != 0;
  const auto at = call.address(argument) != 0 ? call.memory.timespec(call.address(argument)) : std::nullopt;
  if (at) {
    wait.deadline = Deadline{.clock = clock, .at = *at};
  }
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
  wait.operation = Operation::awaits_futex;
  wait.address = call.address(0);
}

void decode_fcntl(const Call& call, Wait& wait) {
  const int command = call.integer(1);
  add_file(wait, call.integer(0), false, false);
  wait.operation = command == F_SETLKW || command == F_OFD_SETLKW ? Operation::locks : Operation::controls;
  wait.lock = command == F_SETLKW ? target::LockKind::posix : target::LockKind::open_file_description;
}

void decode_wait4(const Call& call, Wait& wait) {
  const int pid = call.integer(0);
  wait.operation = Operation::awaits_child;
  wait.children = pid > 0 ? Children::one : pid < -1 ? Children::group : Children::any;
  wait.id = pid < -1 ? -static_cast<std::int64_t>(pid) : pid;
}

void decode_waitid(const Call& call, Wait& wait) {
  wait.operation = Operation::awaits_child;
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

void decode_clone(std::uint64_t flags, Wait& wait) {
  wait.operation = (flags & CLONE_VFORK) != 0 ? Operation::spawns : Operation::other;
}

void decode_epoll(const Call& call, Wait& wait) {
  wait.operation = Operation::watches;
  wait.way = "epoll";
  add_file(wait, call.integer(0), true, false);
}

void await_message(std::size_t timeout, const Call& call, Operation operation, Wait& wait) {
  wait.operation = operation;
  add_file(wait, call.integer(0), operation == Operation::awaits_message, operation == Operation::sends_message);
  set_deadline(call, timeout, CLOCK_REALTIME, wait);
}

}  // namespace stillframe::waits
