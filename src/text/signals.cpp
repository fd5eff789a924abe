#include "text/signals.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <string_view>

namespace stillframe::text {
namespace {

constexpr std::array<std::string_view, 32> signal_names{
    "",          "SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",
    "SIGFPE",    "SIGKILL", "SIGUSR1",   "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM",
    "SIGSTKFLT", "SIGCHLD", "SIGCONT",   "SIGSTOP", "SIGTSTP",  "SIGTTIN", "SIGTTOU", "SIGURG",
    "SIGXCPU",   "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",   "SIGPWR",  "SIGSYS"};

}  // namespace

bool is_cpu_fault(std::int32_t signal) {
  constexpr std::array faults{SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
  return std::ranges::find(faults, signal) != faults.end();
}

std::string signal_name(std::int32_t number) {
  const bool known = number > 0 && static_cast<std::size_t>(number) < signal_names.size();
  return known ? std::string(signal_names[static_cast<std::size_t>(number)]) : fmt::format("signal {}", number);
}

}  // namespace stillframe::text
