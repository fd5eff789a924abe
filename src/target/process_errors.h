// Why a process cannot be looked at, and what to do about it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/result.h"

namespace stillframe::target {

// What the system says about us and the process, gathered before anything is concluded from it.
struct AccessFacts {
  std::int64_t pid = 0;
  int error = 0;                            // errno of what failed
  std::int64_t our_uid = 0;
  std::int64_t their_uid = 0;
  bool our_capability = false;              // CAP_SYS_PTRACE is effective
  std::optional<int> ptrace_scope;          // kernel.yama.ptrace_scope; absent: no Yama
  int seccomp_mode = 0;                     // ours: 0 none, 1 strict, 2 filter
  std::int64_t tracer_pid = 0;              // who traces the process already
  std::string tracer_name;
  bool in_container = false;                // our pid namespace is not the machine's first one
};

AccessFacts gather_access_facts(std::int64_t pid, int error);

// The three answers for a refused `what` ("read the memory of process 4211").
Error explain_refusal(const AccessFacts& facts, std::string what);

// For a ptrace request that failed with `error`.
Error explain_ptrace_error(std::int64_t pid, int error);

// Nothing when the process can be looked at; otherwise why not: no such process, a zombie, a kernel thread, a 32-bit
// process, no permission.
std::optional<Error> why_not(std::int64_t pid);

}  // namespace stillframe::target
