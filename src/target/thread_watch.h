// The threads of a running process, looked at again and again: the files of /proc/PID/task are kept open, since opening
// them costs more than reading them.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "target/target.h"

namespace stillframe::target {

class ThreadWatch {
 public:
  explicit ThreadWatch(std::int64_t pid);

  // Every thread with its state and run count as they are right now, the main thread first.
  // One that was asleep and has not run since is as it was, and is not asked for its state again until forget_states().
  Result<std::vector<ThreadInfo>> look();
  void forget_states();
  // The system call that a thread sleeps in.
  std::optional<Syscall> syscall(Tid tid);

 private:
  struct Files {
    FileHandle stat;
    FileHandle schedstat;
    FileHandle syscall;
    Tid inner_tid = 0;
    std::optional<ThreadInfo> asleep;  // what it was when it was last looked at, where it slept then
  };

  using Buffer = std::array<char, 1024>;

  Files& files_of(Tid tid);
  void forget(Tid tid);
  std::string_view reread(Tid tid, const char* name, FileHandle& kept, Buffer& buffer);
  [[nodiscard]] std::optional<std::uint64_t> count_switches(Tid tid) const;
  std::optional<ThreadInfo> look_at(Tid tid);
  [[nodiscard]] std::string path_of(Tid tid, const char* file) const;
  [[nodiscard]] Tid inner_tid_of(Tid tid) const;

  std::int64_t pid_;
  bool same_namespace_ = true;
  std::size_t room_ = 0;  // for so many more descriptors
  std::map<Tid, Files> files_;
};

}  // namespace stillframe::target
