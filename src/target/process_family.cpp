#include "target/process_family.h"

#include <dirent.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "target/proc_files.h"
#include "target/process_facts.h"
#include "target/system_calls.h"
#include "target/text_scanner.h"

namespace stillframe::target {
namespace {

constexpr std::size_t kMostDescendants = 256;
constexpr std::size_t kMostThreads = 256;
constexpr int kMostAncestors = 4;
constexpr std::size_t kMostOfFamily = 16384;

// Whether a process has a file mapped; nothing where that may not be known.
std::optional<bool> maps_file(std::int64_t pid, std::uint64_t device, std::uint64_t inode) {
  constexpr std::size_t most = std::size_t{16} << 20U;
  const auto text = read_proc_file(fmt::format("/proc/{}/maps", pid), most);
  if (!text) {
    // Threads of the kernel and processes that have ended have no memory.
    return errno == ESRCH || errno == ENOENT ? std::optional(false) : std::nullopt;
  }
  // Most processes have no such number anywhere, and need not be taken apart.
  if (!text->contains(fmt::format(" {} ", inode))) {
    return false;
  }
  return std::ranges::any_of(parse_maps(*text),
                             [&](const Mapping& one) { return one.device == device && one.inode == inode; });
}

std::optional<std::string> pipe_link(std::int64_t pid, int fd) {
  std::array<char, 64> text{};
  const ssize_t size = readlink(fmt::format("/proc/{}/fd/{}", pid, fd).c_str(), text.data(), text.size());
  const std::string_view link(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  return link.starts_with("pipe:") ? std::optional(std::string(link)) : std::nullopt;
}

std::optional<PipeSleep> pipe_sleep(std::int64_t pid, Tid tid, const Syscall& call, std::string_view name,
                                    std::uint64_t runs) {
  const bool writes = name == "write" || name == "writev";
  if (!writes && name != "read" && name != "readv") {
    return std::nullopt;
  }
  const int fd = static_cast<int>(static_cast<std::uint32_t>(call.arguments[0]));
  auto link = pipe_link(pid, fd);
  return link ? std::optional(PipeSleep{.tid = tid, .fd = fd, .writes = writes, .link = *link, .run_count = runs})
              : std::nullopt;
}

// futex(address, operation, value, timeout) of a wait, without a timeout.
bool waits_for_another_thread(const Syscall& call, std::string_view name) {
  constexpr std::uint64_t wait = 0;
  constexpr std::uint64_t lock_pi = 6;
  constexpr std::uint64_t wait_bitset = 9;
  const std::uint64_t operation = call.arguments[1] & 0x7fU;
  return name == "futex" && call.arguments[3] == 0 &&
         (operation == wait || operation == lock_pi || operation == wait_bitset);
}

void add_thread(std::int64_t pid, Tid tid, ProcessSleeps& found) {
  const std::string folder = fmt::format("/proc/{}/task/{}", pid, tid);
  const auto runs = parse_run_count(read_proc_file(folder + "/schedstat").value_or(""));
  const auto call = parse_syscall(read_proc_file(folder + "/syscall").value_or(""));
  ++found.threads;
  if (!runs || !call) {
    ++found.going_on;
    return;
  }
  found.runs += *runs;
  const std::string_view name = system_call_name(kThisMachine, call->number);
  if (auto sleep = pipe_sleep(pid, tid, *call, name, *runs)) {
    found.at_pipes.push_back(std::move(*sleep));
  } else if (name == "wait4" || name == "waitid") {
    ++found.for_children;
  } else if (!waits_for_another_thread(*call, name)) {
    ++found.going_on;
  }
}

}  // namespace

std::vector<ProcessFacts> descendants_of(std::int64_t pid) {
  std::vector<ProcessFacts> found = children_of(pid);
  std::unordered_set<std::int64_t> seen{pid};
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found.size() > kMostDescendants || !seen.insert(found[i].pid).second) {
      break;  // a number that was given to another process meanwhile
    }
    std::ranges::move(children_of(found[i].pid), std::back_inserter(found));
  }
  found.resize(std::min(found.size(), kMostDescendants));
  return found;
}

Sharers family_sharers(std::int64_t pid, std::uint64_t device, std::uint64_t inode) {
  // Between two that have it may stand one that has not: the server of multiprocessing's "forkserver".
  Sharers sharers{.whole = true};
  std::int64_t root = pid;
  std::int64_t above = pid;
  for (int generation = 0; generation < kMostAncestors; ++generation) {
    const auto facts = process_facts(above);
    if (!facts || facts->parent <= 1) {
      break;
    }
    above = facts->parent;
    const auto maps = maps_file(above, device, inode);
    root = maps == true ? above : root;
    sharers.whole = sharers.whole && maps;
  }
  std::vector<ProcessFacts> family = descendants_of(root);
  if (auto facts = root == pid ? std::nullopt : process_facts(root)) {
    family.push_back(std::move(*facts));
  }
  for (ProcessFacts& one : family) {
    const auto maps = one.pid == pid ? std::optional(false) : maps_file(one.pid, device, inode);
    sharers.whole = sharers.whole && maps;
    if (maps == true) {
      sharers.processes.push_back(std::move(one));
    }
  }
  return sharers;
}

Sharers all_sharers(std::int64_t pid, std::uint64_t device, std::uint64_t inode) {
  const auto close_dir = [](DIR* dir) { closedir(dir); };
  const std::unique_ptr<DIR, decltype(close_dir)> folder(opendir("/proc"));
  Sharers sharers{.whole = folder != nullptr};
  std::size_t processes = 0;
  while (folder != nullptr) {
    const dirent* entry = readdir(folder.get());
    if (entry == nullptr) {
      break;
    }
    const auto other = static_cast<std::int64_t>(Scanner(std::string_view(entry->d_name)).number(10));
    if (other == 0 || other == pid) {
      continue;
    }
    if (++processes > kMostOfFamily) {
      sharers.whole = false;
      break;
    }
    if (auto facts = maps_file(other, device, inode) == true ? process_facts(other) : std::nullopt) {
      sharers.processes.push_back(std::move(*facts));
    }
  }
  return sharers;
}

ProcessSleeps process_sleeps(std::int64_t pid) {
  ProcessSleeps found;
  const std::vector<Tid> threads = list_threads(pid);
  for (const Tid tid : std::span(threads).first(std::min(threads.size(), kMostThreads))) {
    add_thread(pid, tid, found);
  }
  if (threads.size() > kMostThreads) {
    found.going_on += threads.size() - kMostThreads;
    found.threads = threads.size();
  }
  return found;
}

// exec() puts the vDSO, the program and sixteen random bytes at addresses of its own choice, which the auxiliary vector
// names; fork() keeps them.
bool same_program_start(std::int64_t pid, std::int64_t other) {
  if (other <= 1) {
    return false;
  }
  constexpr std::size_t most = 4096;
  const auto one = read_proc_file(fmt::format("/proc/{}/auxv", pid), most);
  const auto two = read_proc_file(fmt::format("/proc/{}/auxv", other), most);
  return one && two && !one->empty() && *one == *two;
}

}  // namespace stillframe::target
