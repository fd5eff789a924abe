#include "target/core_crash.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <span>
#include <string_view>

#include "text/signals.h"

namespace stillframe::target {
namespace {

// By number; x86-64 and AArch64 have the same.

// si_code by number, from 1, of each signal that has its own (include/uapi/asm-generic/siginfo.h).
using Codes = std::span<const std::string_view>;
constexpr std::array<std::string_view, 9> ill_codes{"ILL_ILLOPC", "ILL_ILLOPN", "ILL_ILLADR",
                                                    "ILL_ILLTRP", "ILL_PRVOPC", "ILL_PRVREG",
                                                    "ILL_COPROC", "ILL_BADSTK", "ILL_BADIADDR"};
constexpr std::array<std::string_view, 15> fpe_codes{
    "FPE_INTDIV", "FPE_INTOVF", "FPE_FLTDIV", "FPE_FLTOVF", "FPE_FLTUND", "FPE_FLTRES", "FPE_FLTINV",  "FPE_FLTSUB",
    "",           "",           "",           "",           "",           "FPE_FLTUNK", "FPE_CONDTRAP"};
constexpr std::array<std::string_view, 10> segv_codes{
    "SEGV_MAPERR",  "SEGV_ACCERR",  "SEGV_BNDERR", "SEGV_PKUERR", "", "", "",
    "SEGV_MTEAERR", "SEGV_MTESERR", "SEGV_CPERR"};
constexpr std::array<std::string_view, 5> bus_codes{"BUS_ADRALN", "BUS_ADRERR", "BUS_OBJERR", "BUS_MCEERR_AR",
                                                    "BUS_MCEERR_AO"};
constexpr std::array<std::string_view, 6> trap_codes{"TRAP_BRKPT",  "TRAP_TRACE", "TRAP_BRANCH",
                                                     "TRAP_HWBKPT", "TRAP_UNK",   "TRAP_PERF"};
constexpr std::array<std::string_view, 2> sys_codes{"SYS_SECCOMP", "SYS_USER_DISPATCH"};
// Those that any signal can have, by their number negated.
constexpr std::array<std::string_view, 7> common_codes{"SI_USER",    "SI_QUEUE", "SI_TIMER", "SI_MESGQ",
                                                       "SI_ASYNCIO", "SI_SIGIO", "SI_TKILL"};

Codes codes_of(std::int32_t signal) {
  switch (signal) {
    case SIGILL:
      return ill_codes;
    case SIGFPE:
      return fpe_codes;
    case SIGSEGV:
      return segv_codes;
    case SIGBUS:
      return bus_codes;
    case SIGTRAP:
      return trap_codes;
    case SIGSYS:
      return sys_codes;
    default:
      return {};
  }
}

constexpr std::int32_t from_user = 0;      // kill()
constexpr std::int32_t from_queue = -1;    // sigqueue()
constexpr std::int32_t from_tkill = -6;    // tkill(), raise(), abort()
constexpr std::int32_t from_kernel = 128;  // si_addr says nothing, as after a general protection fault

std::optional<std::string> code_name(std::int32_t signal, std::int32_t code) {
  const Codes codes = codes_of(signal);
  std::string_view name;
  if (code == from_kernel) {
    name = "SI_KERNEL";
  } else if (code > 0 && static_cast<std::size_t>(code) <= codes.size()) {
    name = codes[static_cast<std::size_t>(code) - 1];
  } else if (code <= 0 && code > -static_cast<std::int32_t>(common_codes.size())) {
    name = common_codes[static_cast<std::size_t>(-code)];
  }
  return name.empty() ? std::nullopt : std::optional<std::string>(name);
}

// Signals whose default action is to dump core: a core with another one was taken of a process that went on.
bool dumps_core(std::int32_t signal) {
  constexpr std::array dumping{SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGXCPU, SIGXFSZ, SIGSYS};
  return std::ranges::find(dumping, signal) != dumping.end();
}

}  // namespace

std::optional<model::Crash> describe_crash(const binary::CoreFile& core) {
  // The thread that died is the first (fs/binfmt_elf.c, fill_note_info). NT_SIGINFO and pr_cursig agree, unless one of
  // them is missing or damaged.
  const std::int32_t in_thread = core.threads().empty() ? 0 : core.threads().front().signal;
  const auto& info = core.signal();
  const std::int32_t told = info ? info->number : 0;
  const bool believe_info = dumps_core(told) && (told == in_thread || !dumps_core(in_thread));
  const std::int32_t signal = believe_info ? told : in_thread;
  if (!dumps_core(signal)) {
    return std::nullopt;
  }
  model::Crash crash{.signal = signal, .signal_name = text::signal_name(signal)};
  if (!core.threads().empty()) {
    crash.tid = core.threads().front().tid;
  }
  if (!info || !believe_info) {
    return crash;
  }
  crash.code = code_name(signal, info->code);
  if (text::is_cpu_fault(signal) && info->code > 0 && info->code != from_kernel) {
    crash.fault_address = info->address;
  }
  if (info->code == from_user || info->code == from_queue || info->code == from_tkill) {
    crash.sender_pid = info->sender_pid;
    crash.sender_uid = info->sender_uid;
  }
  return crash;
}

}  // namespace stillframe::target
