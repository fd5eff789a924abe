#include "target/process_errors.h"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "memory/live_memory.h"

namespace stillframe::target {
namespace {

constexpr unsigned kCapSysPtrace = 19;                    // linux/capability.h
constexpr std::uint64_t kKernelThread = 0x00200000;       // PF_KTHREAD of linux/sched.h
constexpr std::uint64_t kFirstPidNamespace = 0xEFFFFFFC;  // PROC_PID_INIT_INO of linux/proc_ns.h

std::string proc(std::int64_t pid, const char* file) {
  return fmt::format("/proc/{}/{}", pid, file);
}

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

std::string user_text(std::int64_t uid) {
  return uid == 0 ? "root" : fmt::format("user {}", uid);
}

Error make(ErrorKind kind, std::string tried, std::string stopper, std::string advice) {
  return {.kind = kind, .tried = std::move(tried), .stopper = std::move(stopper), .advice = std::move(advice)};
}

Error no_such_process(std::int64_t pid) {
  const std::string tried = fmt::format("look at process {}", pid);
  if (access("/proc/self/stat", R_OK) != 0) {
    return make(ErrorKind::not_found, tried, "/proc is not mounted here", "mount it: mount -t proc proc /proc");
  }
  // Signal 0 is never sent; asking for it tells whether there is anybody to get it.
  const bool exists = std::in_range<pid_t>(pid) && (kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM);
  if (exists) {
    return make(ErrorKind::permission, tried, "the process exists, but /proc hides it from you (mounted with hidepid)",
                fmt::format("run it as that user or as root: sudo stillframe dump {}", pid));
  }
  return make(ErrorKind::not_found, tried, "there is no process with that id",
              "`pgrep -a python` lists the Python processes; inside a container the ids are its own");
}

std::optional<Error> why_not_by_class(std::int64_t pid) {
  const FileHandle exe(open(proc(living_thread(pid).value_or(pid), "exe").c_str(), O_RDONLY | O_CLOEXEC));
  std::array<unsigned char, EI_NIDENT> ident{};
  if (!exe || read(exe.fd(), ident.data(), ident.size()) != static_cast<ssize_t>(ident.size()) ||
      std::memcmp(ident.data(), ELFMAG, SELFMAG) != 0 || ident[EI_CLASS] != ELFCLASS32) {
    return std::nullopt;
  }
  return make(ErrorKind::unsupported, fmt::format("look at process {} ({})", pid, command_of(pid)),
              "it is a 32-bit process; stillframe reads 64-bit ones",
              fmt::format("a 32-bit gdb with CPython's python-gdb.py can: gdb -p {} -ex py-bt", pid));
}

// A ptrace request that is always allowed and never does anything: we are not our own tracer, so the kernel's own
// answer is ESRCH. Another one comes from a seccomp filter.
bool ptrace_is_filtered() {
  errno = 0;
  const long done = ptrace(PTRACE_DETACH, getpid(), nullptr, nullptr);
  return done != 0 && errno != ESRCH;
}

// The parts of explain_refusal: each gives its answer where it is the one that holds.
struct Answer {
  std::string stopper;
  std::string advice;
};

std::optional<Answer> refused_by_yama(const AccessFacts& facts) {
  if (facts.access == Access::look || !facts.ptrace_scope || *facts.ptrace_scope <= 0) {
    return std::nullopt;
  }
  if (*facts.ptrace_scope == 3) {
    return Answer{"Yama forbids looking into any process (kernel.yama.ptrace_scope is 3)",
                  fmt::format("this setting lasts until the next boot; what is left is a core, which ends the process: "
                              "kill -ABRT {}, then stillframe core",
                              facts.pid)};
  }
  if (facts.our_capability || facts.our_uid == 0) {
    return std::nullopt;
  }
  return Answer{fmt::format("Yama allows {} to look into a process (kernel.yama.ptrace_scope is {})",
                            *facts.ptrace_scope == 2 ? "only processes with CAP_SYS_PTRACE" : "only its ancestors",
                            *facts.ptrace_scope),
                fmt::format("run it as root: sudo stillframe dump {}; or allow it until the next boot: "
                            "sudo sysctl kernel.yama.ptrace_scope=0",
                            facts.pid)};
}

std::optional<Answer> refused_for_capability(const AccessFacts& facts) {
  if (facts.our_capability) {
    return std::nullopt;
  }
  const bool other_user = facts.their_uid != facts.our_uid;
  if (facts.our_uid != 0 && other_user) {
    return Answer{fmt::format("it belongs to {}, and you are {}", user_text(facts.their_uid), user_text(facts.our_uid)),
                  fmt::format("run it as that user or as root: sudo stillframe dump {}", facts.pid)};
  }
  if (facts.our_uid == 0 || (facts.in_container && facts.access != Access::look)) {
    return Answer{
        facts.in_container ? "this container lacks the capability CAP_SYS_PTRACE"
                           : "you are root, but without the capability CAP_SYS_PTRACE",
        facts.in_container
            ? "start the container with --cap-add=SYS_PTRACE (Kubernetes: securityContext.capabilities.add: "
              "[SYS_PTRACE]), or look from outside of it"
            : "start it from a shell that has all of root's capabilities (`capsh --print` shows them), or add "
              "SYS_PTRACE to what this service may do (systemd: AmbientCapabilities=CAP_SYS_PTRACE)"};
  }
  return Answer{fmt::format("the kernel protects the process, although it is yours ({}): it changed its user, has "
                            "capabilities, or asked not to be dumped (prctl PR_SET_DUMPABLE)",
                            std::strerror(facts.error)),
                fmt::format("run it as root: sudo stillframe dump {}", facts.pid)};
}

}  // namespace

std::optional<std::int64_t> living_thread(std::int64_t pid) {
  const auto lives = [&](std::int64_t tid) {
    const auto text = read_proc_file(fmt::format("/proc/{}/task/{}/stat", pid, tid));
    const auto stat = text ? parse_stat(*text) : std::nullopt;
    return stat && os_state(stat->state) != model::OsState::finished;
  };
  if (lives(pid)) {
    return pid;
  }
  const auto tids = list_threads(pid);
  const auto found = std::ranges::find_if(tids, lives);
  return found == tids.end() ? std::nullopt : std::optional(*found);
}

std::optional<Error> why_not_in_state(std::int64_t pid, const StatFields& stat) {
  const std::string tried = fmt::format("look at process {} ({})", pid, stat.name);
  if ((stat.flags & kKernelThread) != 0) {
    return make(ErrorKind::not_python, tried, "it is a kernel thread: it has no program and no memory of its own",
                "give the pid of a Python process; `pgrep -a python` lists them");
  }
  if (!living_thread(pid)) {
    const auto status = read_proc_file(proc(pid, "status"));
    const auto parent = status ? status_number(*status, "PPid") : std::nullopt;
    return make(ErrorKind::gone, tried, "it is a zombie: it has ended, its memory is gone",
                fmt::format("its parent, process {}, has not waited for it yet: look at that one", parent.value_or(0)));
  }
  return std::nullopt;
}

AccessFacts gather_access_facts(std::int64_t pid, Access wanted, int error) {
  AccessFacts facts{.pid = pid, .access = wanted, .error = error, .our_uid = geteuid()};
  const std::string ours = read_proc_file("/proc/self/status").value_or("");
  facts.our_capability = has_capability(ours, kCapSysPtrace);
  facts.ptrace_filtered = ptrace_is_filtered();
  const std::string theirs = read_proc_file(proc(pid, "status")).value_or("");
  facts.their_uid = status_number(theirs, "Uid").value_or(-1);
  facts.tracer_pid = status_number(theirs, "TracerPid").value_or(0);
  if (facts.tracer_pid != 0) {
    facts.tracer_name = command_of(facts.tracer_pid);
  }
  if (const auto scope = read_proc_file("/proc/sys/kernel/yama/ptrace_scope")) {
    facts.ptrace_scope = static_cast<int>(std::strtol(scope->c_str(), nullptr, 10));
  }
  const std::uint64_t pid_namespace = namespace_of("/proc/self/ns/pid");
  facts.in_container = pid_namespace != 0 && pid_namespace != kFirstPidNamespace;
  return facts;
}

Error explain_refusal(const AccessFacts& facts, std::string what) {
  const auto refused = [&](Answer answer) {
    return make(ErrorKind::permission, std::move(what), std::move(answer.stopper), std::move(answer.advice));
  };
  if (facts.access == Access::stop && facts.tracer_pid != 0) {
    return refused(
        {fmt::format("process {} ({}) traces it already, and only one can", facts.tracer_pid, facts.tracer_name),
         "end that tracer or let it detach"});
  }
  // Memory is also read through /proc/PID/mem, which no filter of system calls keeps apart from other files.
  if (facts.error == ENOSYS || (facts.access == Access::stop && facts.ptrace_filtered)) {
    return refused({fmt::format("a seccomp filter blocks the system calls needed ({})", std::strerror(facts.error)),
                    "start the container with --security-opt seccomp=unconfined or with a profile that allows ptrace "
                    "and process_vm_readv, or look from outside of it"});
  }
  const bool ours = facts.our_uid == facts.their_uid;
  if (const auto yama = ours || facts.ptrace_scope == 3 ? refused_by_yama(facts) : std::nullopt) {
    return refused(*yama);
  }
  if (const auto capability = refused_for_capability(facts)) {
    return refused(*capability);
  }
  return refused({fmt::format("the kernel refused ({}), although CAP_SYS_PTRACE is there: a security module (SELinux, "
                              "AppArmor) or another user namespace may forbid it",
                              std::strerror(facts.error)),
                  "the audit log names the rule: sudo dmesg | tail, or sudo ausearch -m avc -ts recent"});
}

Error explain_ptrace_error(std::int64_t pid, int error) {
  const std::string what = fmt::format("stop the threads of process {}", pid);
  if (error == ESRCH) {
    return make(ErrorKind::gone, what, "they have ended meanwhile", "look again, if the process still lives");
  }
  Error refusal = explain_refusal(gather_access_facts(pid, Access::stop, error), what);
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
    return no_such_process(pid);
  }
  if (auto error = why_not_in_state(pid, *stat)) {
    return error;
  }
  if (auto error = why_not_by_class(pid)) {
    return error;
  }
  // A process that has no mappings we may read is not ours to look at.
  const FileHandle maps(open(proc(living_thread(pid).value_or(pid), "maps").c_str(), O_RDONLY | O_CLOEXEC));
  const int open_error = errno;
  if (!maps) {
    if (open_error == ENOENT || open_error == ESRCH) {
      return make(ErrorKind::gone, fmt::format("look at process {}", pid), "it ended while it was looked at",
                  "nothing is left to look at; was a core written?");
    }
    return explain_refusal(gather_access_facts(pid, Access::look, open_error),
                           fmt::format("read the mappings of process {} ({})", pid, stat->name));
  }
  return std::nullopt;
}

}  // namespace stillframe::target
