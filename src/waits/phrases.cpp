#include "waits/phrases.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "text/phrases.h"
#include "text/signals.h"

namespace stillframe::waits {
namespace {

using model::FileKind;

// More are counted. JSON has them.
constexpr std::size_t kMostFilesShown = 4;
constexpr std::size_t kMostProcessesShown = 3;
constexpr std::size_t kMostSignalsShown = 8;

std::string process_in_words(const model::OtherProcess& process, std::int64_t own) {
  if (process.pid == own) {
    return "this process";
  }
  return process.name ? fmt::format("{} {}", process.pid, *process.name) : fmt::format("{}", process.pid);
}

// "4313 worker.py (running)".
std::string with_state(const model::OtherProcess& process, std::int64_t own) {
  std::string text = process_in_words(process, own);
  if (process.state && !text::state_word(*process.state).empty()) {
    text += fmt::format(" ({})", text::state_word(*process.state));
  }
  return text;
}

template <typename Items, typename InWords>
std::string listed(const Items& items, std::size_t most, std::size_t count, const InWords& in_words) {
  std::string text;
  std::size_t shown = 0;
  for (const auto& item : items) {
    if (shown == most) {
      break;
    }
    text += (shown == 0 ? "" : ", ") + in_words(item);
    ++shown;
  }
  return count > shown ? fmt::format("{} and {} more", text, count - shown) : text;
}

std::string processes_in_words(const std::vector<model::OtherProcess>& processes, std::int64_t own) {
  return listed(processes, kMostProcessesShown, processes.size(),
                [own](const model::OtherProcess& process) { return process_in_words(process, own); });
}

std::string signals_in_words(std::uint64_t set) {
  std::vector<int> numbers;
  for (int number = 1; number <= 64; ++number) {
    if (((set >> static_cast<unsigned>(number - 1)) & 1U) != 0) {
      numbers.push_back(number);
    }
  }
  return listed(numbers, kMostSignalsShown, numbers.size(), [](int number) { return text::signal_name(number); });
}

std::string_view kind_word(FileKind kind) {
  switch (kind) {
    case FileKind::file:
      return "file";
    case FileKind::directory:
      return "directory";
    case FileKind::device:
      return "device";
    case FileKind::terminal:
      return "terminal";
    case FileKind::pipe:
      return "pipe";
    case FileKind::fifo:
      return "FIFO";
    case FileKind::tcp:
      return "TCP";
    case FileKind::udp:
      return "UDP";
    case FileKind::unix_socket:
      return "Unix socket";
    case FileKind::socket:
      return "socket";
    case FileKind::eventfd:
      return "eventfd";
    case FileKind::timerfd:
      return "timerfd";
    case FileKind::inotify:
      return "inotify";
    case FileKind::signalfd:
      return "signalfd";
    case FileKind::pidfd:
      return "pidfd";
    case FileKind::epoll:
      return "epoll";
    case FileKind::io_uring:
      return "io_uring";
    case FileKind::unknown:
    case FileKind::closed:
    case FileKind::other:
      break;
  }
  return "fd";
}

// What stands behind the name in brackets; empty: nothing.
std::string remark_on(const FoundFile& file, std::int64_t own) {
  const model::WaitedFile& shown = file.shown;
  const std::string processes = processes_in_words(shown.processes, own);
  switch (shown.kind) {
    case FileKind::closed:
      return "closed";
    case FileKind::pipe:
    case FileKind::fifo:
      return processes.empty() ? "" : (file.open && file.open->reads ? "written by " : "read by ") + processes;
    case FileKind::unix_socket:
      return processes.empty() ? shown.state.value_or("") : "connected to " + processes;
    case FileKind::tcp:
    case FileKind::udp:
      return shown.state.value_or("");
    case FileKind::socket:
      return file.open ? file.open->protocol : "";
    case FileKind::eventfd:
      return file.open && file.open->count ? fmt::format("count {}", *file.open->count) : "";
    case FileKind::inotify:
      return file.open && file.open->count
                 ? fmt::format("{} {}", *file.open->count, *file.open->count == 1 ? "watch" : "watches")
                 : "";
    case FileKind::timerfd:
      if (!file.open) {
        return "";
      }
      return file.open->timer_left ? "goes off in " + text::duration_in_words(*file.open->timer_left) : "not set";
    case FileKind::signalfd:
      return file.open && file.open->signals ? signals_in_words(*file.open->signals) : "";
    case FileKind::pidfd:
      if (file.open && file.open->pid == -1) {
        return "a process that has ended";
      }
      return shown.processes.empty() ? "" : "process " + with_state(shown.processes.front(), own);
    case FileKind::epoll:
      return file.open ? fmt::format("of {} fds", file.open->interest.size()) : "";
    default:
      return "";
  }
}

std::string files_in_words(const std::vector<FoundFile>& files, std::size_t count, std::int64_t own) {
  const auto in_words = [own](const FoundFile& file) { return file_in_words(file, own); };
  const std::string list = listed(files, kMostFilesShown, count, in_words);
  if (files.empty()) {
    return count == 0 ? "nothing" : fmt::format("{} fds", count);
  }
  return count == 1 ? list : fmt::format("{} fds: {}", count, list);
}

std::string one_file(const std::vector<FoundFile>& files, std::int64_t own, std::size_t index = 0) {
  return index < files.size() ? file_in_words(files[index], own) : "a file";
}

std::string children_in_words(const Wait& wait, const model::WaitingOn& facts, std::int64_t own) {
  const std::string known = listed(facts.processes, kMostProcessesShown, facts.processes.size(),
                                   [own](const model::OtherProcess& process) { return with_state(process, own); });
  switch (wait.children) {
    case Children::one:
      return known.empty() ? fmt::format("waits for child {}", wait.id) : "waits for child " + known;
    case Children::group:
      return fmt::format("waits for any child of group {}{}{}", wait.id, known.empty() ? "" : ": ", known);
    case Children::pidfd:
      return known.empty() ? fmt::format("waits for the child of pidfd {}", wait.id) : "waits for child " + known;
    case Children::any:
      break;
  }
  return known.empty() ? "waits for any child" : "waits for any child: " + known;
}

std::string lock_in_words(const Wait& wait, const std::vector<FoundFile>& files, const model::WaitingOn& facts,
                          std::int64_t own) {
  std::string text = "waits for ";
  switch (wait.lock) {
    case target::LockKind::flock:
      text += "a flock";
      break;
    case target::LockKind::posix:
      text += "a POSIX lock";
      break;
    case target::LockKind::open_file_description:
      text += "an open file description lock";
      break;
  }
  const bool named = !files.empty() && files.front().shown.path;
  text += " on " + (named ? *files.front().shown.path : one_file(files, own));
  if (facts.processes.empty()) {
    return text;
  }
  const model::OtherProcess& holder = facts.processes.front();
  // A flock stays with the open file, which a child may have inherited.
  return holder.state || holder.pid == own ? text + " held by " + process_in_words(holder, own)
                                           : fmt::format("{} taken by {}, which has ended", text, holder.pid);
}

std::string message_in_words(const Wait& wait, const std::vector<FoundFile>& files, std::int64_t own) {
  const std::string queue =
      files.empty() ? fmt::format("System V queue {}", wait.id) : "message queue " + one_file(files, own);
  return wait.operation == Operation::sends_message ? "waits for room in " + queue : "waits for a message in " + queue;
}

// Without what is said of the time.
std::string deed_in_words(const Wait& wait, const std::vector<FoundFile>& files, const model::WaitingOn& facts,
                          std::int64_t own) {
  switch (wait.operation) {
    case Operation::reads:
      return "reads from " + one_file(files, own);
    case Operation::writes:
      return "writes to " + one_file(files, own);
    case Operation::receives:
    case Operation::sends:
    case Operation::accepts:
    case Operation::connects:
      return fmt::format("waits in {} on {}", wait.way, one_file(files, own));
    case Operation::copies:
      return fmt::format("copies from {} to {}", one_file(files, own), one_file(files, own, 1));
    case Operation::flushes:
      return fmt::format("waits until {} is written to disk", one_file(files, own));
    case Operation::controls:
      return fmt::format("in {} on {}", wait.way.empty() ? wait.syscall : wait.way, one_file(files, own));
    case Operation::polls:
    case Operation::watches:
      return fmt::format("waits in {} on {}", wait.way,
                         files_in_words(files, static_cast<std::size_t>(facts.file_count), own));
    case Operation::locks:
      return lock_in_words(wait, files, facts, own);
    case Operation::sleeps:
      return "sleeps";
    case Operation::sleeps_for_ever:
      return "sleeps until a signal comes";
    case Operation::awaits_signal:
      return wait.signals && *wait.signals != 0 ? "waits for " + signals_in_words(*wait.signals) : "waits for a signal";
    case Operation::awaits_child:
      return children_in_words(wait, facts, own);
    case Operation::awaits_futex:
      return fmt::format("waits on futex {:#x}", wait.address.value_or(0));
    case Operation::awaits_futexes:
      return fmt::format("waits on {} futexes", wait.id);
    case Operation::awaits_completion:
      return files.empty() ? "waits for asynchronous disk I/O" : "waits for a completion of " + one_file(files, own);
    case Operation::awaits_message:
    case Operation::sends_message:
      return message_in_words(wait, files, own);
    case Operation::awaits_semaphore:
      return fmt::format("waits on System V semaphores {}", wait.id);
    case Operation::opens:
      return wait.path ? "opens " + *wait.path : "opens a file";
    case Operation::spawns:
      return "waits until a new process runs its program";
    case Operation::restarted:
      return "in a restarted sleep, poll or futex wait";
    case Operation::other:
      break;
  }
  return wait.syscall.empty() ? "in a system call without a name" : fmt::format("in {}", wait.syscall);
}

}  // namespace

std::string file_in_words(const FoundFile& file, std::int64_t pid) {
  const model::WaitedFile& shown = file.shown;
  std::string text(kind_word(shown.kind));
  if (shown.local) {
    text += " " + *shown.local;
    text += shown.peer ? " -> " + *shown.peer : "";
  } else {
    text += fmt::format(" {}", shown.fd);
    text += shown.path ? " " + *shown.path : "";
  }
  if (shown.kind == FileKind::other && file.open) {
    text += " " + file.open->link;
  }
  const std::string remark = remark_on(file, pid);
  return remark.empty() ? text : fmt::format("{} ({})", text, remark);
}

std::string wait_in_words(const Wait& wait, const std::vector<FoundFile>& files, const model::WaitingOn& facts,
                          std::int64_t pid) {
  std::string text = deed_in_words(wait, files, facts, pid);
  if (facts.seconds_left) {
    text += ", " + text::duration_in_words(*facts.seconds_left) + " left";
  } else if (facts.timeout) {
    text +=
        (wait.operation == Operation::sleeps ? " for " : ", for at most ") + text::duration_in_words(*facts.timeout);
  }
  if (facts.wait_channel) {
    text += fmt::format(" (wait channel {})", *facts.wait_channel);
  }
  return text;
}

}  // namespace stillframe::waits
