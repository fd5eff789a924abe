// What killed the process of a core, in the words of signal(7) and sigaction(2).
#pragma once

#include <optional>
#include <string>

#include "binary/core_file.h"
#include "model/still.h"

namespace stillframe::target {

// Nothing for a core of a process that went on living (gcore).
std::optional<model::Crash> describe_crash(const binary::CoreFile& core);

}  // namespace stillframe::target
