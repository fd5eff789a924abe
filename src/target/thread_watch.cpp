#include "target/thread_watch.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <string_view>

#include "target/proc_files.h"

namespace stillframe::target {
namespace {

// A kept file from its beginning; empty when it cannot be read any more.
std::string_view reread(const FileHandle& file, std::array<char, 1024>& buffer) {
  const ssize_t got = file ? pread(file.fd(), buffer.data(), buffer.size(), 0) : -1;
  return {buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
}

// Three files a thread are kept open: allow as many as the system does.
void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

std::vector<Tid> list_threads(std::int64_t pid) {
  const auto close_dir = [](DIR* dir) { closedir(dir); };
  const std::unique_ptr<DIR, decltype(close_dir)> dir(opendir(fmt::format("/proc/{}/task", pid).c_str()));
  std::vector<Tid> tids;
  while (dir != nullptr) {
    const dirent* entry = readdir(dir.get());
    if (entry == nullptr) {
      break;
    }
    const std::string_view name = entry->d_name;
    Tid tid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), tid);
    if (error == std::errc{} && end == name.data() + name.size()) {
      tids.push_back(tid);
    }
  }
  // The main thread first; the kernel lists the rest in the order in which they began.
  std::ranges::stable_partition(tids, [pid](Tid tid) { return tid == pid; });
  return tids;
}

}  // namespace

ThreadWatch::ThreadWatch(std::int64_t pid) : pid_(pid) {
  const std::uint64_t theirs = namespace_of(fmt::format("/proc/{}/ns/pid", pid));
  const std::uint64_t ours = namespace_of("/proc/self/ns/pid");
  same_namespace_ = theirs == 0 || ours == 0 || theirs == ours;
  raise_file_limit();
}

std::string ThreadWatch::path_of(Tid tid, const char* file) const {
  return fmt::format("/proc/{}/task/{}/{}", pid_, tid, file);
}

Tid ThreadWatch::inner_tid_of(Tid tid) const {
  if (same_namespace_) {
    return tid;
  }
  // "NSpid:\t4211\t7": outermost namespace first.
  const auto status = read_proc_file(path_of(tid, "status"));
  const auto field = status ? status_field(*status, "NSpid") : std::nullopt;
  if (!field) {
    return tid;
  }
  const auto last = field->find_last_of(" \t");
  const std::string_view word = last == std::string_view::npos ? *field : field->substr(last + 1);
  Tid inner = tid;
  std::from_chars(word.data(), word.data() + word.size(), inner);
  return inner;
}

ThreadWatch::Files& ThreadWatch::files_of(Tid tid) {
  const auto [at, fresh] = files_.try_emplace(tid);
  Files& files = at->second;
  if (fresh) {
    const auto open_file = [&](const char* name) {
      return FileHandle(open(path_of(tid, name).c_str(), O_RDONLY | O_CLOEXEC));
    };
    files.stat = open_file("stat");
    files.schedstat = open_file("schedstat");
    files.inner_tid = inner_tid_of(tid);
  }
  return files;
}

std::optional<ThreadInfo> ThreadWatch::look_at(Tid tid) {
  Files& files = files_of(tid);
  std::array<char, 1024> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): pread fills it
  // The state last: a thread that is asleep after its run count was read has that run count.
  auto run_count = parse_run_count(reread(files.schedstat, buffer));
  std::string_view text = reread(files.stat, buffer);
  std::string whole;
  if (text.empty()) {
    whole = read_proc_file(path_of(tid, "stat")).value_or("");
    text = whole;
  }
  auto stat = parse_stat(text);
  if (!stat) {
    files_.erase(tid);
    return std::nullopt;
  }
  if (!run_count) {
    // Kernels that keep no schedstat count the switches away from a CPU.
    const auto status = read_proc_file(path_of(tid, "status"));
    const auto voluntary = status ? status_number(*status, "voluntary_ctxt_switches") : std::nullopt;
    const auto forced = status ? status_number(*status, "nonvoluntary_ctxt_switches") : std::nullopt;
    if (voluntary && forced) {
      run_count = static_cast<std::uint64_t>(*voluntary + *forced);
    }
  }
  return ThreadInfo{.tid = tid,
                    .inner_tid = files.inner_tid,
                    .name = std::move(stat->name),
                    .state = os_state(stat->state),
                    .run_count = run_count};
}

Result<std::vector<ThreadInfo>> ThreadWatch::look() {
  std::vector<ThreadInfo> threads;
  for (const Tid tid : list_threads(pid_)) {
    if (auto thread = look_at(tid)) {
      threads.push_back(std::move(*thread));
    }
  }
  if (threads.empty()) {
    return fail(ErrorKind::gone, fmt::format("list the threads of process {}", pid_),
                "the process ended while it was looked at", "nothing is left to look at; was a core written?");
  }
  return threads;
}

std::optional<Syscall> ThreadWatch::syscall(Tid tid) {
  Files& files = files_of(tid);
  if (!files.syscall) {
    files.syscall = FileHandle(open(path_of(tid, "syscall").c_str(), O_RDONLY | O_CLOEXEC));
  }
  std::array<char, 1024> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): pread fills it
  return parse_syscall(reread(files.syscall, buffer));
}

}  // namespace stillframe::target
