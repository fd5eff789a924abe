// A running process as a Target: /proc, process_vm_readv, and PTRACE_SEIZE for the short stop.
#pragma once

#include <memory>

#include "model/result.h"
#include "target/target.h"

namespace stillframe::target {

// Opens process `pid` for reading. The errors tell apart: no such process, a zombie, a kernel thread, a 32-bit
// process, another user's, Yama's ptrace_scope, a missing CAP_SYS_PTRACE, seccomp, an undumpable process.
// `host`: what that may do to our own process.
Result<std::unique_ptr<Target>> open_process(std::int64_t pid, const Host& host = {});

}  // namespace stillframe::target
