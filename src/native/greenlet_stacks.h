// The native stacks of suspended greenlets: parts of a thread's stack, or copies of such parts.
#pragma once

#include <vector>

#include "cpython/stacks/greenlets.h"
#include "memory/captured_memory.h"
#include "native/thread_stacks.h"
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

// Whether a thread was just going from one greenlet to another: then its stack is already one's and its Python state
// still the other's.
bool is_switching(const NativeStack& stack);

// Ends a thread's stack where that of the greenlet ends that it runs: what lies behind belongs to others, of which not
// even the nearest need be the one that began it.
void cut_stacks(const target::Target& target, const cpython::GreenletList& list, std::vector<ThreadStack>& stacks);

}  // namespace stillframe::native
