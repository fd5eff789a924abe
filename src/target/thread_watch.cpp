#include "target/thread_watch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "target/proc_files.h"

namespace stillframe::target {
namespace {

// Left for everybody else who opens files in this process.
constexpr std::size_t kSpareFiles = 128;

// Three files a thread are kept open: how many that may be, as many as the system allows where the limit may be raised.
std::size_t room_for_files(bool raise_limit) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return 0;
  }
  if (raise_limit && limit.rlim_cur < limit.rlim_max) {
    const rlimit raised{.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &raised) == 0) {
      limit = raised;
    }
  }
  return limit.rlim_cur > kSpareFiles ? limit.rlim_cur - kSpareFiles : 0;
}

}  // namespace

ThreadWatch::ThreadWatch(std::int64_t pid, bool raise_limit) : pid_(pid) {
  const std::uint64_t theirs = namespace_of(fmt::format("/proc/{}/ns/pid", pid));
  const std::uint64_t ours = namespace_of("/proc/self/ns/pid");
  same_namespace_ = theirs == 0 || ours == 0 || theirs == ours;
  room_ = room_for_files(raise_limit);
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

// A file of a thread from its beginning, through a kept descriptor where there is room for one; empty when it cannot be
// read (any more).
std::string_view ThreadWatch::reread(Tid tid, const char* name, FileHandle& kept, Buffer& buffer) {
  FileHandle passing;
  const FileHandle* file = &kept;
  if (!kept) {
    passing = FileHandle(open(path_of(tid, name).c_str(), O_RDONLY | O_CLOEXEC));
    if (passing && room_ > 0) {
      --room_;
      kept = std::move(passing);
    } else {
      file = &passing;
    }
  }
  const ssize_t got = *file ? pread(file->fd(), buffer.data(), buffer.size(), 0) : -1;
  return {buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
}

void ThreadWatch::forget(Tid tid) {
  const auto at = files_.find(tid);
  if (at != files_.end()) {
    for (const FileHandle* file : {&at->second.stat, &at->second.schedstat, &at->second.syscall}) {
      room_ += *file ? 1 : 0;
    }
    files_.erase(at);
  }
}

ThreadWatch::Files& ThreadWatch::files_of(Tid tid) {
  const auto [at, fresh] = files_.try_emplace(tid);
  if (fresh) {
    at->second.inner_tid = inner_tid_of(tid);
  }
  return at->second;
}

std::optional<ThreadInfo> ThreadWatch::look_at(Tid tid) {
  Files& files = files_of(tid);
  Buffer buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): pread fills it
  // This count grows when a thread gets a CPU, so it is read before the state: a thread that is asleep afterwards and
  // has the same count later did not run in between.
  const auto run_count = parse_run_count(reread(tid, "schedstat", files.schedstat, buffer));
  if (run_count && files.asleep && files.asleep->run_count == run_count) {
    return files.asleep;
  }
  auto stat = parse_stat_head(reread(tid, "stat", files.stat, buffer));
  if (!stat) {
    // It has ended. Should another one have got its number since, the next look finds that one.
    forget(tid);
    return std::nullopt;
  }
  // The count of switches grows when a thread leaves its CPU, so it is read after the state: what ran until now is
  // counted.
  const bool counted_by_kernel = run_count.has_value();
  ThreadInfo thread{.tid = tid,
                    .inner_tid = files.inner_tid,
                    .name = std::move(stat->name),
                    .state = os_state(stat->state),
                    .run_count = counted_by_kernel ? run_count : count_switches(tid)};
  const bool asleep = thread.state == model::OsState::sleeping || thread.state == model::OsState::uninterruptible;
  files.asleep = counted_by_kernel && asleep ? std::optional(thread) : std::nullopt;
  return thread;
}

void ThreadWatch::forget_states() {
  for (auto& [tid, files] : files_) {
    files.asleep.reset();
  }
}

// Kernels that keep no schedstat count the switches away from a CPU.
std::optional<std::uint64_t> ThreadWatch::count_switches(Tid tid) const {
  const auto status = read_proc_file(path_of(tid, "status"));
  const auto voluntary = status ? status_number(*status, "voluntary_ctxt_switches") : std::nullopt;
  const auto forced = status ? status_number(*status, "nonvoluntary_ctxt_switches") : std::nullopt;
  if (!voluntary || !forced) {
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(*voluntary) + static_cast<std::uint64_t>(*forced);
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
  Buffer buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): pread fills it
  return parse_syscall(reread(tid, "syscall", files.syscall, buffer));
}

}  // namespace stillframe::target
