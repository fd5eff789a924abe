// What a system call waits for, as its arguments say it: numbers, not yet the files and processes behind them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/still.h"
#include "target/surroundings.h"
#include "waits/argument_memory.h"

namespace stillframe::waits {

enum class Operation : std::uint8_t {
  other,  // a call of which nothing is known but its name
  reads,
  writes,
  receives,
  sends,
  accepts,
  connects,
  copies,    // from the first file to the second
  flushes,   // until what was written is on the disk
  controls,  // ioctl, fcntl and the like
  polls,     // files of poll or select
  watches,   // what the epoll instance watches, which is the first file
  locks,     // a lock of the first file
  sleeps,
  sleeps_for_ever,  // until a signal comes
  awaits_signal,
  awaits_child,
  awaits_futex,
  awaits_futexes,
  awaits_completion,  // of io_uring, or of asynchronous disk I/O
  awaits_message,     // of a message queue
  sends_message,
  awaits_semaphore,
  opens,
  spawns,     // until the new process runs its own program (vfork)
  restarted,  // a sleep or the like that was interrupted
};

struct WantedFile {
  int fd = -1;
  bool to_read = false;
  bool to_write = false;
};

enum class Children : std::uint8_t { any, one, group, pidfd };

struct Deadline {
  int clock = 0;  // CLOCK_MONOTONIC, …
  double at = 0;
};

struct Wait {
  Operation operation = Operation::other;
  std::string_view syscall;       // the name of the call; empty where the number has none
  std::string_view way;           // how it is called in words: "epoll" of epoll_pwait2
  std::vector<WantedFile> files;  // not all of them where they are very many
  std::size_t file_count = 0;
  std::optional<double> timeout;  // seconds from the beginning of the call on
  std::optional<Deadline> deadline;
  bool limited = false;            // it ends by itself, also where nothing tells when
  std::optional<Address> address;  // of the futex
  Children children = Children::any;
  std::int64_t id = 0;  // of the child, group, message queue or semaphores; how many futexes
  std::optional<std::uint64_t> signals;
  std::optional<std::string> path;
  target::LockKind lock = target::LockKind::flock;
};

// What this call waits for.
Wait decode(const model::SystemCall& call, const ArgumentMemory& memory);

}  // namespace stillframe::waits
