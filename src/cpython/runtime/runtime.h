// Finding the interpreter in a target: where its global state is, which version and build it is, which layout fits.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cpython/dialects/layout.h"
#include "memory/memory_source.h"
#include "model/result.h"
#include "target/target.h"

namespace stillframe::cpython {

using memory::Address;

struct Runtime {
  PythonVersion version;          // 0.0: there is none, and nothing is read of it
  bool version_is_exact = false;  // false: the patch level is not known
  BuildKind build;
  Layout layout;                     // the table, corrected by what the target says of itself
  Address runtime = 0;               // _PyRuntime, 3.7+; 0 where there is none or it was not found
  Address interpreters_head_at = 0;  // where the pointer to the first interpreter stands; 0: see `threads`
  Address lost_interpreter = 0;      // of a damaged core: where the main interpreter was, whose own bytes are lost,
  std::vector<Address> threads;      // and its thread states, found by searching memory
  Address current_thread_at = 0;     // _PyThreadState_Current of 2.7 and 3.6; 0 where not found
  Address gc_collecting_at = 0;      // `collecting` of 2.7 and 3.6's gcmodule.c; 0 where not found
  Address code_type = 0;             // PyCode_Type; 0 where not found
  bool has_greenlets = false;        // threads may go from one chain of frames to another
  std::string found_by;              // in words: how it was found
  std::vector<std::string> warnings;
  // A version that no table describes: what is read of it, by another's table, may be wrong.
  std::optional<PythonVersion> claimed;

  [[nodiscard]] bool present() const { return version.major != 0; }
};

struct DiscoveryOptions {
  bool exhaustive = false;  // search memory, whatever the symbols say
  // A version that cannot be read is no error: what comes is not present(), and has the version `claimed`.
  bool accept_unknown = false;
};

// Finds the interpreter; the error says what the target is when it is no Python at all.
Result<Runtime> discover(const target::Target& target, const memory::MemorySource& memory,
                         const DiscoveryOptions& options);

}  // namespace stillframe::cpython
