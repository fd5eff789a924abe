#include "target/core_crash.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <string_view>

namespace stillframe::target {
namespace {

struct SignalName {
  std::int32_t number;
  std::string_view name;
};

// Numbers of x86-64 and AArch64, which are the same.
constexpr std::array signal_names{
    SignalName{SIGHUP, "SIGHUP"},       SignalName{SIGINT, "SIGINT"},       SignalName{SIGQUIT, "SIGQUIT"},
    SignalName{SIGILL, "SIGILL"},       SignalName{SIGTRAP, "SIGTRAP"},     SignalName{SIGABRT, "SIGABRT"},
    SignalName{SIGBUS, "SIGBUS"},       SignalName{SIGFPE, "SIGFPE"},       SignalName{SIGKILL, "SIGKILL"},
    SignalName{SIGUSR1, "SIGUSR1"},     SignalName{SIGSEGV, "SIGSEGV"},     SignalName{SIGUSR2, "SIGUSR2"},
    SignalName{SIGPIPE, "SIGPIPE"},     SignalName{SIGALRM, "SIGALRM"},     SignalName{SIGTERM, "SIGTERM"},
    SignalName{SIGSTKFLT, "SIGSTKFLT"}, SignalName{SIGCHLD, "SIGCHLD"},     SignalName{SIGCONT, "SIGCONT"},
    SignalName{SIGSTOP, "SIGSTOP"},     SignalName{SIGTSTP, "SIGTSTP"},     SignalName{SIGTTIN, "SIGTTIN"},
    SignalName{SIGTTOU, "SIGTTOU"},     SignalName{SIGURG, "SIGURG"},       SignalName{SIGXCPU, "SIGXCPU"},
    SignalName{SIGXFSZ, "SIGXFSZ"},     SignalName{SIGVTALRM, "SIGVTALRM"}, SignalName{SIGPROF, "SIGPROF"},
    SignalName{SIGWINCH, "SIGWINCH"},   SignalName{SIGIO, "SIGIO"},         SignalName{SIGPWR, "SIGPWR"},
    SignalName{SIGSYS, "SIGSYS"}};

struct CodeName {
  std::int32_t signal;
  std::int32_t code;
  std::string_view name;
};

// include/uapi/asm-generic/siginfo.h
constexpr std::array code_names{CodeName{SIGILL, 1, "ILL_ILLOPC"},       CodeName{SIGILL, 2, "ILL_ILLOPN"},
                                CodeName{SIGILL, 3, "ILL_ILLADR"},       CodeName{SIGILL, 4, "ILL_ILLTRP"},
                                CodeName{SIGILL, 5, "ILL_PRVOPC"},       CodeName{SIGILL, 6, "ILL_PRVREG"},
                                CodeName{SIGILL, 7, "ILL_COPROC"},       CodeName{SIGILL, 8, "ILL_BADSTK"},
                                CodeName{SIGILL, 9, "ILL_BADIADDR"},     CodeName{SIGFPE, 1, "FPE_INTDIV"},
                                CodeName{SIGFPE, 2, "FPE_INTOVF"},       CodeName{SIGFPE, 3, "FPE_FLTDIV"},
                                CodeName{SIGFPE, 4, "FPE_FLTOVF"},       CodeName{SIGFPE, 5, "FPE_FLTUND"},
                                CodeName{SIGFPE, 6, "FPE_FLTRES"},       CodeName{SIGFPE, 7, "FPE_FLTINV"},
                                CodeName{SIGFPE, 8, "FPE_FLTSUB"},       CodeName{SIGFPE, 14, "FPE_FLTUNK"},
                                CodeName{SIGFPE, 15, "FPE_CONDTRAP"},    CodeName{SIGSEGV, 1, "SEGV_MAPERR"},
                                CodeName{SIGSEGV, 2, "SEGV_ACCERR"},     CodeName{SIGSEGV, 3, "SEGV_BNDERR"},
                                CodeName{SIGSEGV, 4, "SEGV_PKUERR"},     CodeName{SIGSEGV, 8, "SEGV_MTEAERR"},
                                CodeName{SIGSEGV, 9, "SEGV_MTESERR"},    CodeName{SIGSEGV, 10, "SEGV_CPERR"},
                                CodeName{SIGBUS, 1, "BUS_ADRALN"},       CodeName{SIGBUS, 2, "BUS_ADRERR"},
                                CodeName{SIGBUS, 3, "BUS_OBJERR"},       CodeName{SIGBUS, 4, "BUS_MCEERR_AR"},
                                CodeName{SIGBUS, 5, "BUS_MCEERR_AO"},    CodeName{SIGTRAP, 1, "TRAP_BRKPT"},
                                CodeName{SIGTRAP, 2, "TRAP_TRACE"},      CodeName{SIGTRAP, 3, "TRAP_BRANCH"},
                                CodeName{SIGTRAP, 4, "TRAP_HWBKPT"},     CodeName{SIGTRAP, 5, "TRAP_UNK"},
                                CodeName{SIGTRAP, 6, "TRAP_PERF"},       CodeName{SIGSYS, 1, "SYS_SECCOMP"},
                                CodeName{SIGSYS, 2, "SYS_USER_DISPATCH"}};

constexpr std::array common_codes{CodeName{0, 0, "SI_USER"},     CodeName{0, -1, "SI_QUEUE"},
                                  CodeName{0, -2, "SI_TIMER"},   CodeName{0, -3, "SI_MESGQ"},
                                  CodeName{0, -4, "SI_ASYNCIO"}, CodeName{0, -5, "SI_SIGIO"},
                                  CodeName{0, -6, "SI_TKILL"},   CodeName{0, 128, "SI_KERNEL"}};

std::optional<std::string> code_name(std::int32_t signal, std::int32_t code) {
  for (const CodeName& known : common_codes) {
    if (known.code == code) {
      return std::string(known.name);
    }
  }
  for (const CodeName& known : code_names) {
    if (known.signal == signal && known.code == code) {
      return std::string(known.name);
    }
  }
  return std::nullopt;
}

// Signals whose default action is to dump core: a core with another one was taken of a process that went on.
bool dumps_core(std::int32_t signal) {
  constexpr std::array dumping{SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGXCPU, SIGXFSZ, SIGSYS};
  return std::ranges::find(dumping, signal) != dumping.end();
}

bool is_fault(std::int32_t signal) {
  constexpr std::array faults{SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
  return std::ranges::find(faults, signal) != faults.end();
}

}  // namespace

std::string signal_name(std::int32_t number) {
  const auto known = std::ranges::find(signal_names, number, &SignalName::number);
  return known == signal_names.end() ? fmt::format("signal {}", number) : std::string(known->name);
}

std::optional<model::Crash> describe_crash(const binary::CoreFile& core) {
  // The thread that died is the first (fs/binfmt_elf.c, fill_note_info). NT_SIGINFO and pr_cursig agree, unless one of
  // them is missing or damaged.
  const std::int32_t in_thread = core.threads().empty() ? 0 : core.threads().front().signal;
  const auto& info = core.signal();
  const bool believe_info = info && dumps_core(info->number) && (info->number == in_thread || !dumps_core(in_thread));
  const std::int32_t signal = believe_info ? info->number : in_thread;
  if (!dumps_core(signal)) {
    return std::nullopt;
  }
  model::Crash crash{.signal = signal, .signal_name = signal_name(signal)};
  if (!core.threads().empty()) {
    crash.tid = core.threads().front().tid;
  }
  if (!believe_info) {
    return crash;
  }
  constexpr std::int32_t user = 0;      // kill()
  constexpr std::int32_t queue = -1;    // sigqueue()
  constexpr std::int32_t tkill = -6;    // tkill(), raise(), abort()
  constexpr std::int32_t kernel = 128;  // si_addr says nothing, as after a general protection fault
  crash.code = code_name(signal, info->code);
  if (is_fault(signal) && info->code > 0 && info->code != kernel) {
    crash.fault_address = info->address;
  }
  if (info->code == user || info->code == queue || info->code == tkill) {
    crash.sender_pid = info->sender_pid;
    crash.sender_uid = info->sender_uid;
  }
  return crash;
}

}  // namespace stillframe::target
