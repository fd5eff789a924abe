#include "native/thread_stacks.h"

#include <algorithm>

namespace stillframe::native {
namespace {

using memory::CapturedMemory;

// A whole stack of the usual limit; what lies deeper is said to be missing.
constexpr std::uint64_t kMostOfThreadStack = std::uint64_t{8} << 20U;
// Where the stack lies in some larger region (a heap, for coroutines of C libraries), its end is not known.
constexpr std::uint64_t kLargestStackRegion = std::uint64_t{64} << 20U;
constexpr std::uint64_t kUnknownStack = std::uint64_t{64} << 10U;

}  // namespace

// `hold` is null for a thread that it does not hold.
ThreadStack StackReader::stand_of(target::Tid tid, const target::Hold* hold) const {
  ThreadStack stack{.tid = tid};
  if (hold != nullptr || target_.lifeless()) {
    const auto registers = hold != nullptr ? hold->registers(tid) : target_.registers(tid);
    if (registers) {
      stack.pc = registers->pc;
      stack.registers = known_registers(*registers);
      stack.thread_pointer = registers->thread_pointer;
    } else {
      stack.unknown = registers.error().stopper;
    }
    return stack;
  }
  if (const auto call = target_.syscall(tid); call && call->pc != 0) {
    stack.pc = call->pc;
    stack.registers = known_registers(*call);
  } else {
    stack.unknown = "it was not stopped: it runs, or waits for a page of memory";
  }
  return stack;
}

// From the stack pointer to the end of the stack.
void StackReader::add_stack_pages(Address sp, std::vector<std::uint64_t>& pages) const {
  std::uint64_t size = kUnknownStack;
  if (const target::Mapping* mapping = target::mapping_at(target_.mappings(), sp)) {
    const std::uint64_t left = mapping->end - sp;
    size = std::min(left, mapping->end - mapping->begin <= kLargestStackRegion ? kMostOfThreadStack : kUnknownStack);
  }
  constexpr std::uint64_t kRedZone = 128;  // below the stack pointer, in use by leaf functions
  const std::uint64_t last = (sp + size - 1) / CapturedMemory::kPageSize;
  for (std::uint64_t page = (sp - kRedZone) / CapturedMemory::kPageSize; page <= last; ++page) {
    pages.push_back(page);
  }
}

std::vector<ThreadStack> StackReader::capture(const std::vector<target::ThreadInfo>& threads,
                                              const target::Hold* hold) {
  std::vector<ThreadStack> stacks;
  stacks.reserve(threads.size());
  std::vector<std::uint64_t> pages;
  // Threads come in thousands: not one search through all held ones for each.
  std::unordered_set<target::Tid> held;
  if (hold != nullptr) {
    held.insert(hold->held().begin(), hold->held().end());
  }
  for (const target::ThreadInfo& thread : threads) {
    const ThreadStack& stack = stacks.emplace_back(stand_of(thread.tid, held.contains(thread.tid) ? hold : nullptr));
    if (const auto sp = stack.registers.get(binary::kStackPointer); sp && !stack.unknown) {
      add_stack_pages(*sp, pages);
    }
  }
  for (const Address sp : interrupted_) {
    add_stack_pages(sp, pages);
  }
  if (!target_.lifeless()) {
    memory_.prefetch(pages);
  }
  return stacks;
}

bool StackReader::find_interrupted(const std::vector<ThreadStack>& stacks) {
  const std::size_t before = interrupted_.size();
  for (const ThreadStack& stack : stacks) {
    const auto& frames = stack.stack.frames;
    const Address own = stack.registers.get(binary::kStackPointer).value_or(0);
    for (std::size_t i = 0; stack.stack.end_reason && i + 1 < frames.size(); ++i) {
      const Address sp = frames[i + 1].sp;
      // Some pages of it may be there, because the interpreter keeps something on it.
      const target::Mapping* mapping = frames[i].signal ? target::mapping_at(target_.mappings(), sp) : nullptr;
      if (mapping != nullptr && (mapping != target::mapping_at(target_.mappings(), own) || sp < own)) {
        interrupted_.insert(sp);
      }
    }
  }
  return interrupted_.size() > before;
}

void StackReader::unwind(std::vector<ThreadStack>& stacks, bool from_copy) {
  const memory::CopiedMemory copy(memory_);
  Unwinder unwinder(modules_, from_copy ? static_cast<const memory::MemorySource&>(copy) : memory_);
  for (ThreadStack& stack : stacks) {
    if (stack.unknown) {
      stack.stack.end_reason = stack.unknown;
      stack.stack.lacks_registers = !target_.lifeless();
    } else {
      stack.stack = unwinder.unwind(stack.pc, stack.registers);
    }
  }
}

}  // namespace stillframe::native
