// Which of the kernel's threads a Python thread state belongs to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "cpython/stacks/interpreters.h"
#include "target/target.h"

namespace stillframe::resolve {

// The kernel's thread id for every thread state that one was found for. From 3.11 on the interpreter keeps it; before,
// thread_id is the pthread_t, and the thread is recognised by its thread pointer (cores) or by the tid inside its
// struct pthread, at a place that differs between C libraries and is found by trying.
std::unordered_map<cpython::Address, target::Tid> match_threads(const cpython::RawProcess& process,
                                                                const target::Target& target,
                                                                const memory::MemorySource& memory,
                                                                const std::vector<target::ThreadInfo>& threads);

// What of these matches does not hold in a core whose notes are damaged: a thread number that the thread's own memory
// contradicts, a thread with frames that the core has no thread for. One sentence each, for the warnings.
std::vector<std::string> doubtful_matches(const cpython::RawProcess& process, const target::Target& target,
                                          const std::vector<target::ThreadInfo>& threads,
                                          const std::unordered_map<cpython::Address, target::Tid>& found);

}  // namespace stillframe::resolve
