// Deaths by a signal that somebody sent, and by the kernel's own limits.
#include <fmt/format.h>

#include <csignal>

#include "diagnose/death.h"
#include "diagnose/list.h"
#include "text/signals.h"

namespace stillframe::diagnose {
namespace {

using model::Finding;

Finding by_another(const model::Still& still) {
  const model::Crash& crash = *still.crash;
  // A sender in another pid namespace has no number here.
  const std::string who =
      *crash.sender_pid == 0 ? "a process outside of its pid namespace" : fmt::format("process {}", *crash.sender_pid);
  const std::string user = crash.sender_uid ? fmt::format(" of user {}", *crash.sender_uid) : "";
  Finding finding =
      make_death(still, "killed-by", fmt::format("Killed from outside: {}{} sent it {}", who, user, crash.signal_name));
  finding.evidence.push_back(fmt::format("the kernel noted the sender with the signal ({})", crash.code.value_or("?")));
  finding.evidence.push_back(fmt::format("{} got it {}", who_died(still), place_died(crash)));
  finding.advice.emplace_back(
      "look who that process was: a supervisor or watchdog that lost patience (systemd, a server's worker timeout), a "
      "test runner, a person; what the program was doing then is in its stacks");
  return finding;
}

// What nobody sends: the kernel itself, for a limit or a terminal.
Finding by_kernel(const model::Still& still) {
  const model::Crash& crash = *still.crash;
  const std::string where = where_died(crash);
  if (crash.signal == SIGXCPU) {
    Finding finding =
        make_death(still, "cpu-limit", "Killed for using more processor time than RLIMIT_CPU allows" + where);
    finding.advice.emplace_back("ulimit -t, LimitCPU= of systemd or the batch system set that limit");
    return finding;
  }
  if (crash.signal == SIGXFSZ) {
    Finding finding =
        make_death(still, "file-size-limit", "Killed for writing a file larger than RLIMIT_FSIZE allows" + where);
    finding.advice.emplace_back("ulimit -f, LimitFSIZE= of systemd or the batch system set that limit");
    return finding;
  }
  if (crash.signal == SIGSYS) {
    const std::string call = crash.system_call ? *crash.system_call + "()" : "a system call";
    Finding finding = make_death(
        still, "forbidden-system-call",
        fmt::format("{} was killed for calling {}, which a seccomp filter forbids{}", who_died(still), call, where));
    finding.advice.emplace_back(
        "look at the filter of the sandbox or container (docker's seccomp profile, SystemCallFilter=)");
    return finding;
  }
  Finding finding = make_death(still, "killed-by",
                               fmt::format("Killed by {} from the kernel{}", crash.signal_name,
                                           crash.signal == SIGQUIT ? ": Ctrl-\\ in its terminal" : ""));
  finding.evidence.push_back(fmt::format("{} got it {}", who_died(still), place_died(crash)));
  return finding;
}

}  // namespace

void find_senders(const model::Still& still, Findings& findings) {
  if (!still.crash || still.crash->fault) {
    return;
  }
  if (still.crash->sender_pid && !killed_itself(still)) {
    findings.push_back(by_another(still));
  } else if (!still.crash->sender_pid && still.crash->signal != SIGABRT && !text::is_cpu_fault(still.crash->signal) &&
             still.crash->code) {
    findings.push_back(by_kernel(still));
  } else if (killed_itself(still) && still.crash->signal != SIGABRT) {
    Finding finding = make_death(still, "raised",
                                 fmt::format("{} sent its own process {}{}", who_died(still), still.crash->signal_name,
                                             where_died(*still.crash)));
    finding.evidence.push_back(
        fmt::format("the kernel noted the process itself as the sender ({})", still.crash->code.value_or("?")));
    findings.push_back(std::move(finding));
  }
}

}  // namespace stillframe::diagnose
