// The text files of /proc, read and taken apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "target/target.h"

namespace stillframe::target {

// A whole file of /proc, or as much of it as `most` bytes are; nothing when it cannot be opened or read (errno tells
// why).
std::optional<std::string> read_proc_file(const std::string& path,
                                          std::size_t most = std::numeric_limits<std::size_t>::max());

// The names in /proc/PID/task, the main thread's first; empty when the process is gone.
std::vector<Tid> list_threads(std::int64_t pid);
// The processes in our /proc.
std::vector<std::int64_t> list_processes();

// /proc/PID/maps.
std::vector<Mapping> parse_maps(std::string_view text);

// The line "key:\tvalue" of a status file.
std::optional<std::string_view> status_field(std::string_view status, std::string_view key);
// Its first number.
std::optional<std::int64_t> status_number(std::string_view status, std::string_view key);

struct StatFields {
  std::string name;  // comm
  char state = '?';
  std::uint64_t flags = 0;        // PF_* of the kernel
  std::uint64_t start_ticks = 0;  // since boot, in clock ticks
  std::uint64_t memory_size = 0;  // bytes of all mappings
  std::uint64_t code_begin = 0;   // of the executable; 0 where the system does not tell
  std::uint64_t stack_begin = 0;  // likewise, of the main thread's stack
};
// /proc/PID/stat and /proc/PID/task/TID/stat.
std::optional<StatFields> parse_stat(std::string_view text);
// The name and the state alone, which stand first: of thousands of threads nothing else is wanted.
std::optional<StatFields> parse_stat_head(std::string_view text);
model::OsState os_state(char letter);

// Field 3 of schedstat: how often the thread got a CPU.
std::optional<std::uint64_t> parse_run_count(std::string_view schedstat);

// /proc/PID/task/TID/syscall; nothing when the thread runs or is in none.
std::optional<Syscall> parse_syscall(std::string_view text);

// "4026531836" of "pid:[4026531836]"; 0 when it cannot be read.
std::uint64_t namespace_of(const std::string& link);

}  // namespace stillframe::target
