// The native stacks of a target's threads: where each stands, what its stack held at that moment, and the calls.
#pragma once

#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "memory/captured_memory.h"
#include "native/unwinder.h"
#include "target/target.h"

namespace stillframe::native {

struct ThreadStack {
  target::Tid tid = 0;
  Address pc = 0;
  binary::RegisterSet registers;       // those that are known
  Address thread_pointer = 0;          // 0: not known
  std::optional<std::string> unknown;  // why nothing is known of where it stands
  NativeStack stack;
};

class StackReader {
 public:
  // Stacks are copied into `memory`, from which they are unwound later.
  StackReader(const target::Target& target, memory::CapturedMemory& memory, Modules& modules)
      : target_(target), memory_(memory), modules_(modules) {}

  // Registers and stack of every thread: of those held from the kernel, of those asleep from the system call they are
  // in (which gives pc and stack pointer only). While threads are held nothing here may be done that can be done later.
  std::vector<ThreadStack> capture(const std::vector<target::ThreadInfo>& threads, const target::Hold* hold);

  // Unwinds what was captured, from the copy alone (`from_copy`) or reading on where the copy ends, which is right only
  // while nothing runs.
  void unwind(std::vector<ThreadStack>& stacks, bool from_copy);

  // A signal handler may have a stack of its own (sigaltstack(2)): then only its frame tells where the stack is that it
  // has interrupted. True where unwinding from the copy has met such stacks that are not in it: they are from now on.
  [[nodiscard]] bool find_interrupted(const std::vector<ThreadStack>& stacks);

 private:
  [[nodiscard]] ThreadStack stand_of(target::Tid tid, const target::Hold* hold) const;
  void add_stack_pages(Address sp, std::vector<std::uint64_t>& pages) const;

  const target::Target& target_;
  memory::CapturedMemory& memory_;
  Modules& modules_;
  std::unordered_set<Address> interrupted_;  // stack pointers
};

}  // namespace stillframe::native
