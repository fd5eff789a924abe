// Which threads sleep until they get the GIL.
#pragma once

#include <unordered_map>
#include <vector>

#include "cpython/stacks/interpreters.h"
#include "memory/memory_source.h"
#include "target/target.h"

namespace stillframe::capture {

// `calls`: the system calls that sleeping threads are in. `gil_size` is that of the GIL's structure.
std::vector<target::Tid> find_gil_waits(const cpython::RawProcess& process, std::uint64_t gil_size,
                                        const std::unordered_map<target::Tid, target::Syscall>& calls,
                                        const memory::MemorySource& memory);

}  // namespace stillframe::capture
