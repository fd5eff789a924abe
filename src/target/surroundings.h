// What the kernel knows of a process besides its memory and threads: its open files, its sockets, its children, the
// locks that it waits for, and who has the other end of a pipe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/still.h"

namespace stillframe::target {

using Tid = std::int64_t;

// A file that an epoll instance watches.
struct EpollEntry {
  int fd = -1;
  std::uint32_t events = 0;  // EPOLLIN, EPOLLOUT, …
};

// What a file descriptor stands for. The facts further down are absent for files of another kind.
struct OpenFile {
  model::FileKind kind = model::FileKind::unknown;
  std::string link;                 // as /proc/PID/fd has it: "/srv/app.log", "pipe:[3999952]"
  std::optional<std::string> path;  // of what has a name in the file system, as the process itself sees it
  std::string server;               // of a file that lies on one: "nfs4 host:/export, mounted at /srv"; empty: none
  std::optional<bool> server_answers;
  std::uint64_t inode = 0;
  bool reads = false;  // opened to read
  bool writes = false;
  std::string protocol;                  // of a socket: "TCPv6", "UNIX"
  std::optional<double> timer_left;      // of a timerfd that is set, seconds
  std::optional<std::uint64_t> count;    // eventfd: its count; inotify: how many files it watches
  std::optional<std::uint64_t> signals;  // signalfd: bit 0 is signal 1
  std::optional<std::int64_t> pid;       // pidfd; as this machine's namespace numbers it; -1: it has ended
  std::vector<EpollEntry> interest;      // epoll
};

// A socket as the tables of the process's own network namespace have it.
struct Socket {
  std::optional<std::string> local;         // "127.0.0.1:8000", "[::1]:8000"
  std::optional<std::string> peer;          // absent: not connected
  std::optional<std::string> path;          // Unix: the name it was bound to
  std::optional<std::string> state;         // "established"
  std::optional<std::uint64_t> peer_inode;  // Unix: the socket at the other end
};

// Somebody who has a file open.
struct FileHolder {
  std::string link;  // which of those that were asked for
  std::int64_t pid = 0;
  bool reads = false;
  bool writes = false;
};

struct ProcessFacts {
  std::int64_t pid = 0;        // as this machine's namespace numbers it
  std::int64_t inner_pid = 0;  // as its own namespace numbers it
  std::int64_t inner_group = 0;
  std::string name;  // of the script that a Python runs, else the kernel's name for it
  model::OsState state = model::OsState::unknown;
  std::int64_t parent = 0;  // as this machine's namespace numbers it
};

// A thread of another process that sleeps in read() or write() of a pipe.
struct PipeSleep {
  Tid tid = 0;
  int fd = -1;
  bool writes = false;
  std::string link;             // "pipe:[3999952]"
  std::uint64_t run_count = 0;  // as ThreadInfo's

  bool operator==(const PipeSleep&) const = default;
};

// What the threads of another process do, as far as it tells whether they go on by themselves.
struct ProcessSleeps {
  std::vector<PipeSleep> at_pipes;
  std::size_t threads = 0;
  std::size_t going_on = 0;      // run, sleep for a limited time, or wait for what is no thread, pipe or child
  std::size_t for_children = 0;  // wait for the end of a child
  std::uint64_t runs = 0;        // the run counts of all of them together
};

enum class LockKind : std::uint8_t { flock, posix, open_file_description };

// A lock of a file that this process waits for.
struct LockWait {
  LockKind kind = LockKind::flock;
  std::uint64_t inode = 0;
  std::optional<std::int64_t> holder;  // absent: the kernel does not tell (locks of open file descriptions)
};

// Processes that have a file mapped.
struct Sharers {
  std::vector<ProcessFacts> processes;
  bool whole = false;  // false: there may be more of them
};

class Target;

// This one knows nothing, as is right for a core: each fact is absent.
class Surroundings {
 public:
  Surroundings() = default;
  Surroundings(const Surroundings&) = delete;
  Surroundings& operator=(const Surroundings&) = delete;
  Surroundings(Surroundings&&) = delete;
  Surroundings& operator=(Surroundings&&) = delete;
  virtual ~Surroundings() = default;

  [[nodiscard]] virtual std::optional<OpenFile> file(int /*fd*/) { return std::nullopt; }
  // The first mapped file that lies on a server which does not answer.
  [[nodiscard]] virtual std::optional<OpenFile> mapped_from_silent_server() { return std::nullopt; }
  // A socket, by what OpenFile says of it; `fd` is -1 for one that is not this process's own.
  [[nodiscard]] virtual std::optional<Socket> socket(const std::string& /*protocol*/, std::uint64_t /*inode*/,
                                                     int /*fd*/) {
    return std::nullopt;
  }
  // Who has any of these files open, by their links: this process and its children; of those that none of them has, all
  // processes. One search for all of them.
  [[nodiscard]] virtual std::vector<FileHolder> holders(std::span<const std::string> /*links*/) { return {}; }
  // The same among all processes.
  [[nodiscard]] virtual std::vector<FileHolder> holders_anywhere(std::span<const std::string> /*links*/) { return {}; }
  [[nodiscard]] virtual std::optional<ProcessFacts> process(std::int64_t /*pid*/) { return std::nullopt; }
  [[nodiscard]] virtual std::vector<ProcessFacts> children() { return {}; }
  // The children, their children and so on; not all of them where they are very many.
  [[nodiscard]] virtual std::vector<ProcessFacts> descendants() { return {}; }
  // As of now, each time that it is asked for.
  [[nodiscard]] virtual ProcessSleeps sleeps(std::int64_t /*pid*/) { return {}; }
  // The process that this one has got its memory from, by fork(); absent where it has run exec() since, and where the
  // other one has ended.
  [[nodiscard]] virtual std::optional<ProcessFacts> forked_from() { return std::nullopt; }
  [[nodiscard]] virtual std::vector<LockWait> lock_waits() { return {}; }
  // Who else has a file mapped: in the family of the process (its ancestors as far as they have it, and all that
  // descend from them), or `everywhere`.
  [[nodiscard]] virtual Sharers sharers(std::uint64_t /*device*/, std::uint64_t /*inode*/, bool /*everywhere*/) {
    return {};
  }
  // Another process, to be read while it runs; null where that is not allowed or there is none.
  [[nodiscard]] virtual std::unique_ptr<Target> other(std::int64_t pid);
  // The function of the kernel in which a thread sleeps.
  [[nodiscard]] virtual std::optional<std::string> wait_channel(Tid /*tid*/) { return std::nullopt; }
  // For how many seconds a thread that sleeps has done so, on kernels that tell (CONFIG_SCHED_DEBUG).
  [[nodiscard]] virtual std::optional<double> asleep_for(Tid /*tid*/) { return std::nullopt; }
  // The signals for which the process has a handler: bit 0 is signal 1.
  [[nodiscard]] virtual std::optional<std::uint64_t> caught_signals() { return std::nullopt; }
  // What a clock of the process (CLOCK_MONOTONIC, …) shows, in seconds.
  [[nodiscard]] virtual std::optional<double> now(int /*clock*/) { return std::nullopt; }
};

}  // namespace stillframe::target
