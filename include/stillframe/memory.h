// Targets whose memory the caller reads himself: a CallerMemory is opened by Session::open().
#pragma once

#include "target/caller_memory.h"

namespace stillframe {

// What the caller implements: read(), and read_many() where one call can fill many pieces.
using memory::MemorySource;
// Why a read failed: MemorySource::read() gives one of these as the unexpected value.
using memory::Fault;
using memory::FaultReason;

using target::CallerMemory;
using target::CallerThread;
using target::Mapping;
using target::Registers;

}  // namespace stillframe
