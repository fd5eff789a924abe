#include "native/greenlet_stacks.h"

#include <algorithm>
#include <array>

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

}  // namespace

void GreenletStacks::capture(const cpython::GreenletList& list) {
  if (target_.lifeless()) {
    return;
  }
  std::vector<std::uint64_t> pages;
  const auto mappings = target_.mappings();
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
    const auto after = std::ranges::upper_bound(mappings, in_place, {}, &target::Mapping::begin);
    if (after != mappings.begin() && in_place < std::prev(after)->end) {
      const Address end = std::min({greenlet.stack_stop, std::prev(after)->end, in_place + kMostOfStack});
      add_pages(in_place, end, pages);
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
    cut_stack(stack, greenlet.stack_stop);
  }
  return stack;
}

void cut_stack(NativeStack& stack, Address end) {
  const auto behind =
      std::ranges::find_if(stack.frames, [end](const RawNativeFrame& frame) { return frame.sp >= end; });
  if (behind == stack.frames.end()) {
    return;
  }
  stack.frames.erase(behind, stack.frames.end());
  stack.end_reason.reset();
  stack.lacks_registers = false;
}

}  // namespace stillframe::native
