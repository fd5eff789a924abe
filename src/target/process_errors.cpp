#include "target/process_errors.h"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "memory/live_memory.h"
#include "target/proc_files.h"

namespace stillframe::target {
namespace {

constexpr unsigned kCapSysPtrace = 19;             // linux/capability.h
constexpr std::uint64_t kKernelThread = 0x00200000;  // PF_KTHREAD of linux/sched.h
constexpr std::uint64_t kFirstPidNamespace = 0xEFFFFFFC;  // PROC_PID_INIT_INO of linux/proc_ns.h

std::string proc(std::int64_t pid, const char* file) { return fmt::format("/proc/{}/{}", pid, file); }

bool has_capability(std::string_view status, unsigned capability) {
  const auto field = status_field(status, "CapEff");
  const std::uint64_t mask = field ? std::strtoull(std::string(*field).c_str(), nullptr, 16) : 0;
  return (mask >> capability & 1U) != 0;
}

std::string command_of(std::int64_t pid) {
  const auto stat = read_proc_file(proc(pid, "stat"));
  const auto fields = stat ? parse_stat(*stat) : std::nullopt;
  return fields ? fields->name : "?";
}

std::string user_text(std::int64_t uid) { return uid == 0 ? "root" : fmt::format("user {}", uid); }

Error make(ErrorKind kind, std::string tried, std::string stopper, std::string advice) {
  return {.kind = kind, .tried = std::move(tried), .stopper = std::move(stopper), .advice = std::move(advice)};
}

std::optional<Error> why_not_by_state(std::int64_t pid, const StatFields& stat) {
  const std::string tried = fmt::format("look at process {} ({})", pid, stat.name);
  if ((stat.flags & kKernelThread) != 0) {
    return make(ErrorKind::not_python, tried, "it is a kernel thread: it has no program and no memory of its own",
                "give the pid of a Python process; `pgrep -a python` lists them");
  }
  if (stat.state == 'Z' || stat.state == 'X') {
    const auto status = read_proc_file(proc(pid, "status"));
    const auto parent = status ? status_number(*status, "PPid") : std::nullopt;
    return make(ErrorKind::gone, tried, "it is a zombie: it has ended, its memory is gone",
                fmt::format("its parent, process {}, has not waited for it yet: look at that one", parent.value_or(0)));
  }
  return std::nullopt;
}

std::optional<Error> why_not_by_class(std::int64_t pid) {
  const FileHandle exe(open(proc(pid, "exe").c_str(), O_RDONLY | O_CLOEXEC));
  std::array<unsigned char, EI_NIDENT> ident{};
  if (!exe || read(exe.fd(), ident.data(), ident.size()) != static_cast<ssize_t>(ident.size()) ||
      std::memcmp(ident.data(), ELFMAG, SELFMAG) != 0 || ident[EI_CLASS] == ELFCLASS64) {
    return std::nullopt;
  }
  return make(ErrorKind::unsupported, fmt::format("look at process {} ({})", pid, command_of(pid)),
              "it is a 32-bit process; stillframe reads 64-bit ones", "use gdb with python-gdb for a 32-bit Python");
}

}  // namespace

AccessFacts gather_access_facts(std::int64_t pid, int error) {
  AccessFacts facts{.pid = pid, .error = error, .our_uid = geteuid()};
  const std::string ours = read_proc_file("/proc/self/status").value_or("");
  facts.our_capability = has_capability(ours, kCapSysPtrace);
  facts.seccomp_mode = static_cast<int>(status_number(ours, "Seccomp").value_or(0));
  const std::string theirs = read_proc_file(proc(pid, "status")).value_or("");
  facts.their_uid = status_number(theirs, "Uid").value_or(-1);
  facts.tracer_pid = status_number(theirs, "TracerPid").value_or(0);
  if (facts.tracer_pid != 0) {
    facts.tracer_name = command_of(facts.tracer_pid);
  }
  if (const auto scope = read_proc_file("/proc/sys/kernel/yama/ptrace_scope")) {
    facts.ptrace_scope = std::atoi(scope->c_str());
  }
  const std::uint64_t pid_namespace = namespace_of("/proc/self/ns/pid");
  facts.in_container = pid_namespace != 0 && pid_namespace != kFirstPidNamespace;
  return facts;
}

Error explain_refusal(const AccessFacts& facts, std::string what) {
  const auto refused = [&](std::string stopper, std::string advice) {
    return make(ErrorKind::permission, std::move(what), std::move(stopper), std::move(advice));
  };
  const std::string error_text = std::strerror(facts.error);
  if (facts.ptrace_scope == 3) {
    return refused("Yama forbids looking into any process (kernel.yama.ptrace_scope is 3)",
                   "this setting lasts until the next boot; take a core instead (kill -ABRT PID) and read that");
  }
  if (!facts.our_capability && facts.our_uid != 0 && facts.their_uid != facts.our_uid) {
    return refused(fmt::format("it belongs to {}, and you are {}", user_text(facts.their_uid),
                               user_text(facts.our_uid)),
                   fmt::format("run it as that user or as root: sudo stillframe dump {}", facts.pid));
  }
  if (!facts.our_capability && facts.ptrace_scope.value_or(0) >= 1) {
    const bool admin_only = *facts.ptrace_scope == 2;
    return refused(
        fmt::format("Yama allows {} to look into a process (kernel.yama.ptrace_scope is {})",
                    admin_only ? "only processes with CAP_SYS_PTRACE" : "only its parents", *facts.ptrace_scope),
        fmt::format("run it as root: sudo stillframe dump {}; or allow it until the next boot: "
                    "sudo sysctl kernel.yama.ptrace_scope=0",
                    facts.pid));
  }
  if (facts.error == ENOSYS || (facts.our_capability && facts.seccomp_mode == 2)) {
    return refused(fmt::format("a seccomp filter of this container blocks the system calls needed ({})", error_text),
                   "start the container with --security-opt seccomp=unconfined or a profile that allows "
                   "process_vm_readv and ptrace, or look from outside of the container");
  }
  if (!facts.our_capability && (facts.our_uid == 0 || facts.in_container)) {
    return refused("this container lacks the capability CAP_SYS_PTRACE",
                   "start it with --cap-add=SYS_PTRACE (Kubernetes: securityContext.capabilities.add: [SYS_PTRACE]), "
                   "or look from outside of the container");
  }
  if (!facts.our_capability) {
    return refused(fmt::format("the kernel protects the process, although it is yours ({}): it changed its user, has "
                               "capabilities, or asked not to be dumped (prctl PR_SET_DUMPABLE)",
                               error_text),
                   fmt::format("run it as root: sudo stillframe dump {}", facts.pid));
  }
  return refused(fmt::format("the kernel refused ({}), although CAP_SYS_PTRACE is there: a security module "
                             "(SELinux, AppArmor) or another user namespace may forbid it",
                             error_text),
                 "the audit log names the rule: sudo dmesg | tail, or sudo ausearch -m avc -ts recent");
}

Error explain_ptrace_error(std::int64_t pid, int error) {
  const std::string what = fmt::format("stop the threads of process {}", pid);
  if (error == ESRCH) {
    return make(ErrorKind::gone, what, "they have ended meanwhile", "look again, if the process still lives");
  }
  const AccessFacts facts = gather_access_facts(pid, error);
  if (facts.tracer_pid != 0) {
    return make(ErrorKind::permission, what,
                fmt::format("process {} ({}) traces it already", facts.tracer_pid, facts.tracer_name),
                fmt::format("detach that tracer, or read without stopping: stillframe dump --no-block {}", pid));
  }
  Error refusal = explain_refusal(facts, what);
  refusal.advice += fmt::format("; or read without stopping: stillframe dump --no-block {}", pid);
  return refusal;
}

std::optional<Error> why_not(std::int64_t pid) {
  if (pid <= 0) {
    return make(ErrorKind::usage, fmt::format("look at process {}", pid), "a process id is a positive number",
                "give the pid of a Python process; `pgrep -a python` lists them");
  }
  const auto stat_text = read_proc_file(proc(pid, "stat"));
  const auto stat = stat_text ? parse_stat(*stat_text) : std::nullopt;
  if (!stat) {
    const bool hidden = access("/proc/self/stat", R_OK) != 0;
    return make(ErrorKind::not_found, fmt::format("look at process {}", pid),
                hidden ? "/proc is not mounted here" : "there is no process with that id (or /proc hides it from you)",
                hidden ? "mount it: mount -t proc proc /proc"
                       : "`pgrep -a python` lists the Python processes; inside a container the ids are its own");
  }
  if (auto error = why_not_by_state(pid, *stat)) {
    return error;
  }
  if (auto error = why_not_by_class(pid)) {
    return error;
  }
  // A process that has no mappings we may read is not ours to look at.
  const FileHandle maps(open(proc(pid, "maps").c_str(), O_RDONLY | O_CLOEXEC));
  const int open_error = errno;
  if (!maps) {
    if (open_error == ENOENT || open_error == ESRCH) {
      return make(ErrorKind::gone, fmt::format("look at process {}", pid), "it ended while it was looked at",
                  "nothing is left to look at; was a core written?");
    }
    return explain_refusal(gather_access_facts(pid, open_error),
                           fmt::format("read the mappings of process {} ({})", pid, stat->name));
  }
  return std::nullopt;
}

}  // namespace stillframe::target
