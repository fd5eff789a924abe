#include "native/greenlet_stacks.h"

#include <algorithm>
#include <span>

#include "native/switch_point.h"

namespace stillframe::native {
namespace {

using memory::CapturedMemory;

// Of one greenlet; what lies deeper is said to be missing.
constexpr std::uint64_t kMostOfStack = std::uint64_t{8} << 20U;
// Of all together, within what is kept of a moment.
constexpr std::size_t kMostPages = (std::size_t{128} << 20U) / CapturedMemory::kPageSize;

void add_pages(Address begin, Address end, std::vector<std::uint64_t>& pages) {
  for (std::uint64_t page = begin / CapturedMemory::kPageSize;
       begin < end && page <= (end - 1) / CapturedMemory::kPageSize && pages.size() < kMostPages; ++page) {
    pages.push_back(page);
  }
}

// Leaves out what lies behind the end of a greenlet's stack.
void cut(NativeStack& stack, Address end) {
  const auto behind =
      std::ranges::find_if(stack.frames, [end](const RawNativeFrame& frame) { return frame.sp >= end; });
  const bool over = behind != stack.frames.end();
  stack.frames.erase(behind, stack.frames.end());
  // The end lies in the frame of the function that began the greenlet (a local variable of it is the mark), so its
  // return address is one of those that are not the greenlet's.
  if (over || (!stack.frames.empty() && stack.frames.back().frame_end > end)) {
    stack.end_reason.reset();
    stack.lacks_registers = false;
  }
}

}  // namespace

void GreenletStacks::capture(const cpython::GreenletList& list) {
  if (target_.lifeless()) {
    return;
  }
  std::vector<std::uint64_t> pages;
  for (const cpython::RawGreenlet& greenlet : list.greenlets) {
    if (!greenlet.suspended) {
      continue;
    }
    const std::uint64_t saved = std::min(greenlet.stack_saved, kMostOfStack);
    if (greenlet.stack_copy < ~saved) {
      add_pages(greenlet.stack_copy, greenlet.stack_copy + saved, pages);
    }
    // What was not moved away lies in its place, up to the end of the thread's stack at most.
    const Address in_place = greenlet.stack_start + greenlet.stack_saved;
    if (const auto* mapping = target::mapping_at(target_.mappings(), in_place)) {
      add_pages(in_place, std::min({greenlet.stack_stop, mapping->end, in_place + kMostOfStack}), pages);
    }
  }
  std::ranges::sort(pages);
  const auto twice = std::ranges::unique(pages);
  pages.erase(twice.begin(), twice.end());
  memory_.prefetch(pages);
}

std::vector<NativeStack> GreenletStacks::unwind(const cpython::GreenletList& list, bool from_copy) {
  const memory::CopiedMemory copy(memory_);
  const auto& memory = from_copy ? static_cast<const memory::MemorySource&>(copy) : memory_;
  std::vector<NativeStack> stacks;
  stacks.reserve(list.greenlets.size());
  for (const cpython::RawGreenlet& greenlet : list.greenlets) {
    stacks.push_back(greenlet.suspended ? unwind(greenlet, memory) : NativeStack{});
  }
  return stacks;
}

NativeStack GreenletStacks::unwind(const cpython::RawGreenlet& greenlet, const memory::MemorySource& memory) {
  const memory::OverlayMemory there = greenlet.stack(memory);
  const auto point = find_switch_point(modules_, there, greenlet.stack_start);
  if (!point) {
    return {.frames = {}, .end_reason = "where it switched to another greenlet could not be found on its stack"};
  }
  NativeStack stack = Unwinder(modules_, there).unwind(point->pc, point->registers);
  if (!greenlet.main) {
    cut(stack, greenlet.stack_stop);
  }
  return stack;
}

bool is_switching(const NativeStack& stack) {
  constexpr std::size_t kCallsOfSwitch = 3;  // memcpy, what copies a stack, slp_switch
  return std::ranges::any_of(std::span(stack.frames).first(std::min(stack.frames.size(), kCallsOfSwitch)),
                             [](const RawNativeFrame& frame) {
                               return frame.module != nullptr && cpython::is_greenlet_file(frame.module->path());
                             });
}

void cut_stacks(const target::Target& target, const cpython::GreenletList& list, std::vector<ThreadStack>& stacks) {
  for (ThreadStack& stack : stacks) {
    const auto sp = stack.registers.get(binary::kStackPointer);
    const target::Mapping* mapping = sp ? target::mapping_at(target.mappings(), *sp) : nullptr;
    Address end = 0;
    std::size_t ends = 0;
    for (const cpython::RawGreenlet& greenlet : list.greenlets) {
      if (mapping != nullptr && !greenlet.suspended && !greenlet.main && greenlet.stack_stop > *sp &&
          greenlet.stack_stop <= mapping->end) {
        end = greenlet.stack_stop;
        ++ends;
      }
    }
    if (ends == 1) {
      cut(stack.stack, end);
    }
  }
}

}  // namespace stillframe::native
