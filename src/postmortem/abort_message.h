// What the C library and C++'s runtime noted before they ended the process.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "memory/memory_source.h"
#include "native/modules.h"
#include "native/unwinder.h"
#include "target/target.h"

namespace stillframe::postmortem {

// What glibc said before it called abort(): a failed assertion, what malloc found, a smashed stack. Nothing where it
// said nothing, and on other C libraries, which keep no such text.
std::optional<std::string> abort_message(const target::Target& target, const memory::MemorySource& memory);

struct InFlight {
  std::string type;                 // "std::runtime_error"
  std::optional<std::string> what;  // of std::runtime_error, std::logic_error, what derives from them, and texts
};

// The C++ exception that a thread with this thread pointer had in flight, or was in the middle of handling, which
// std::terminate() leaves so. libstdc++ on x86-64 with glibc; nothing elsewhere.
std::optional<InFlight> cpp_exception(const target::Target& target, const memory::MemorySource& memory,
                                      memory::Address thread_pointer);

// What was said by Py_FatalError().
struct FatalError {
  std::optional<std::string> function;  // who called it, where the version says so (3.9+)
  std::optional<std::string> message;
};

// Of a stack that goes through Py_FatalError() or the functions behind it; each where it survives in the registers that
// calls keep, or stands in the code of the caller. `function_of` names the function of a frame.
FatalError fatal_error(native::Modules& modules, const native::NativeStack& stack,
                       const std::function<std::string_view(std::size_t)>& function_of);

}  // namespace stillframe::postmortem
