// The native stacks of suspended greenlets: parts of a thread's stack, or copies of such parts.
#pragma once

#include <vector>

#include "cpython/greenlets.h"
#include "memory/captured_memory.h"
#include "native/unwinder.h"
#include "target/target.h"

namespace stillframe::native {

class GreenletStacks {
 public:
  // Stacks are copied into `memory`, from which they are unwound later.
  GreenletStacks(const target::Target& target, memory::CapturedMemory& memory, Modules& modules)
      : target_(target), memory_(memory), modules_(modules) {}

  // Copies the stacks of those that are suspended. Nothing is done here that can be done later.
  void capture(const cpython::GreenletList& list);
  // One stack for each of the greenlets, empty for those that run; `from_copy` as for the stacks of threads.
  [[nodiscard]] std::vector<NativeStack> unwind(const cpython::GreenletList& list, bool from_copy);

 private:
  NativeStack unwind(const cpython::RawGreenlet& greenlet, const memory::MemorySource& memory);

  const target::Target& target_;
  memory::CapturedMemory& memory_;
  Modules& modules_;
};

// Leaves out the frames behind the end of a greenlet's stack: what lies there belongs to another one.
void cut_stack(NativeStack& stack, Address end);

}  // namespace stillframe::native
