// Why a process cannot be looked at, and what to do about it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/result.h"
#include "target/proc_files.h"

namespace stillframe::target {

// What was refused. The kernel asks different questions for each (ptrace(2), "Ptrace access mode checking").
enum class Access : std::uint8_t {
  look,    // files of /proc like maps: PTRACE_MODE_READ, of which Yama knows nothing
  memory,  // process_vm_readv and /proc/PID/mem: PTRACE_MODE_ATTACH
  stop,    // ptrace itself
};

// What the system says about us and the process, gathered before anything is concluded from it.
struct AccessFacts {
  std::int64_t pid = 0;
  Access access = Access::memory;
  int error = 0;  // errno of what failed
  std::int64_t our_uid = 0;
  std::int64_t their_uid = 0;
  bool our_capability = false;      // CAP_SYS_PTRACE is effective
  std::optional<int> ptrace_scope;  // kernel.yama.ptrace_scope; absent: no Yama
  bool ptrace_filtered = false;     // ptrace fails even where it is always allowed: a seccomp filter
  std::int64_t tracer_pid = 0;      // who traces the process already; 0 also when it is in an outer pid namespace
  std::string tracer_name;
  bool in_container = false;  // our pid namespace is not the machine's first one
};

AccessFacts gather_access_facts(std::int64_t pid, Access wanted, int error);

// The three answers for a refused `what` ("read the memory of process 4211").
Error explain_refusal(const AccessFacts& facts, std::string what);

// For a ptrace request that failed with `error`.
Error explain_ptrace_error(std::int64_t pid, int error);

// A thread of the process that still has the process's memory: the main thread, or another one where that has ended
// while others go on (pthread_exit in main). Nothing when all of them have ended.
std::optional<std::int64_t> living_thread(std::int64_t pid);

// The part of why_not() that /proc/PID/stat tells: a kernel thread, a zombie.
std::optional<Error> why_not_in_state(std::int64_t pid, const StatFields& stat);

// Nothing when the process can be looked at; otherwise why not: no such process, a zombie, a kernel thread, a 32-bit
// process, no permission.
std::optional<Error> why_not(std::int64_t pid);

}  // namespace stillframe::target
