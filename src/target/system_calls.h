// The names of system calls.
#pragma once

#include <cstdint>
#include <string_view>

#include "binary/core_parts.h"

namespace stillframe::target {

#if defined(__aarch64__)
constexpr binary::CoreMachine kThisMachine = binary::CoreMachine::aarch64;
#else
constexpr binary::CoreMachine kThisMachine = binary::CoreMachine::x86_64;
#endif

// "futex" for 202 on x86-64; empty where no call has that number.
std::string_view system_call_name(binary::CoreMachine machine, std::int64_t number);

}  // namespace stillframe::target
