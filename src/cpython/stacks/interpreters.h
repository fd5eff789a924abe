// The interpreters of a process and their threads, as they stand in memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cpython/runtime/runtime.h"
#include "cpython/stacks/frames.h"
#include "model/still.h"

namespace stillframe::cpython {

struct RawThread {
  Address address = 0;                    // of the thread state
  std::uint64_t thread_id = 0;            // pthread_t: the address of the thread's struct pthread; 0 before it runs
  std::optional<std::int64_t> native_id;  // 3.11+: the kernel's id in the target's own pid namespace
  std::optional<bool> holds_gil;
  bool drop_requested = false;      // 3.13+: asked to let go of the GIL
  std::optional<std::string> name;  // from the threading module
  std::optional<bool> daemon;       // likewise: the program does not wait for its end
  FrameChain chain;
  bool torn = false;  // read while it ran, and a second reading of its chain differed
};

struct RawInterpreter {
  Address address = 0;
  std::int64_t id = 0;
  std::optional<bool> gil_locked;  // absent: no GIL (free-threaded), or not known
  Address gil = 0;                 // where the GIL's structure is, 0 where unknown
  bool drop_requested = false;
  std::optional<bool> gc_collecting;
  std::vector<RawThread> threads;
  std::optional<std::string> broken;  // why the list of threads may not be whole
  bool limited = false;               // for it is longer than what is taken in
};

struct RawProcess {
  model::PythonState state = model::PythonState::running;
  std::vector<RawInterpreter> interpreters;
  std::optional<std::string> broken;  // why the list of interpreters may not be whole
};

// Reads everything a still needs of the interpreters. Called while the target stands still; `codes` keeps what it read.
class InterpreterReader {
 public:
  InterpreterReader(const Objects& objects, const Runtime& runtime, CodeCache& codes)
      : objects_(objects), runtime_(runtime), codes_(codes) {}

  RawProcess read();

 private:
  RawInterpreter read_interpreter(Address address, std::int64_t index);
  RawThread read_thread(Address address);
  void read_gil(RawInterpreter& interpreter) const;
  void read_gc(RawInterpreter& interpreter) const;
  [[nodiscard]] model::PythonState read_state() const;

  const Objects& objects_;
  const Runtime& runtime_;
  CodeCache& codes_;
};

// The addresses of the interpreters, as far as their list can be followed.
std::vector<Address> list_interpreters(const Objects& objects, const Runtime& runtime);

// The addresses of an interpreter's thread states, newest first, as far as the list can be followed.
std::vector<Address> list_threads(const Objects& objects, Address interpreter);

}  // namespace stillframe::cpython
