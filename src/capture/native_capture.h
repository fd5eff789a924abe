// The native side of a still's reading: registers, stacks, and their calls.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "capture/options.h"
#include "capture/snapshot.h"
#include "cpython/stacks/interpreters.h"
#include "memory/captured_memory.h"
#include "native/greenlet_stacks.h"
#include "native/modules.h"
#include "native/thread_stacks.h"
#include "target/target.h"

namespace stillframe::capture {

class NativeCapture {
 public:
  // `alone`: who died is not asked for either. Where nobody asks for anything, nothing is read.
  NativeCapture(const target::Target& target, memory::CapturedMemory& memory, const cpython::Runtime& runtime,
                native::Modules& modules, NativeOption option, bool alone);

  // Registers and stacks of the threads whose native frames are wanted, and what ties them to the Python calls.
  void read(const std::vector<target::ThreadInfo>& threads, const target::Hold* hold, Snapshot& snapshot);

  // As native::StackReader does it; greenlets too.
  void unwind(Snapshot& snapshot, bool from_copy);
  [[nodiscard]] bool find_interrupted(const Snapshot& snapshot) { return stacks_.find_interrupted(snapshot.stacks); }

  // Threads that could be unwound further if their registers were known, which needs a stop.
  [[nodiscard]] static std::vector<target::Tid> without_registers(const Snapshot& snapshot);

 private:
  const target::Target& target_;
  const cpython::Runtime& runtime_;
  native::StackReader stacks_;
  native::GreenletStacks greenlet_stacks_;
  NativeOption option_;
  // Why a process died by itself is told by the native stack of the thread that did, whether or not it is to be shown.
  std::optional<std::int64_t> died_;
};

}  // namespace stillframe::capture
