// What killed the process of a core, in the words of signal(7) and sigaction(2).
#pragma once

#include <optional>
#include <string>

#include "binary/core_file.h"
#include "model/still.h"

namespace stillframe::target {

// Nothing for a core of a process that went on living (gcore).
std::optional<model::Crash> describe_crash(const binary::CoreFile& core);

// Whether the processor's own refusals have that signal: SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP.
bool is_fault(std::int32_t signal);

// "SIGSEGV"; "signal 99" for unknown ones.
std::string signal_name(std::int32_t number);

}  // namespace stillframe::target
