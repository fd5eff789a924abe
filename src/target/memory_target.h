// Memory that the caller supplies, as a Target.
#pragma once

#include <memory>

#include "model/host.h"
#include "model/result.h"
#include "target/caller_memory.h"
#include "target/target.h"

namespace stillframe::target {

// Fails (`usage`) where there is no memory, no mapping, or where mappings overlap or end before they begin.
Result<std::unique_ptr<Target>> open_memory(CallerMemory memory, const Host& host = {});

}  // namespace stillframe::target
