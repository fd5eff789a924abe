// Which functions are only the interpreter's way from one call to the next.
#pragma once

#include <string_view>

namespace stillframe::native {

// Of a function of the Python executable or of libpython, by its linkage name without a compiler's suffix: true for
// what starts programs and threads, evaluates frames and passes calls on; false for what does something of its own
// (list_sort, time_sleep, lock_acquire).
bool is_plumbing(std::string_view function);

// Of a function of any other file: true for what the C library does before main and before a thread's first function.
bool starts_programs(std::string_view function);

}  // namespace stillframe::native
