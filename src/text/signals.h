// Signals by number.
#pragma once

#include <cstdint>
#include <string>

namespace stillframe::text {

// Whether the processor's own refusals have that signal: SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP.
bool is_cpu_fault(std::int32_t signal);

// "SIGSEGV"; "signal 99" for unknown ones.
std::string signal_name(std::int32_t number);

}  // namespace stillframe::text
