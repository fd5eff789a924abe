// Code of C libraries and of the kernel that unwind rules do not describe, or not rightly, known by its instructions.
#pragma once

#include "binary/unwind_row.h"
#include "memory/memory_source.h"

namespace stillframe::native {

// How to unwind from `pc` where the instructions there end a signal handler (rt_sigreturn(2)): from the frame that the
// kernel has put on the stack, whose layout never changes, so this is no guess. Null for any other code.
const binary::UnwindRow* signal_return_row(const memory::MemorySource& code, memory::Address pc);

// Whether the instructions at the return address `pc` end the thread: a C library began it there, and nothing called
// it.
bool ends_thread(const memory::MemorySource& code, memory::Address pc);

}  // namespace stillframe::native
