#include "cpython/frames.h"

#include <fmt/format.h>

namespace stillframe::cpython {
namespace {

constexpr PythonVersion kLightFrames{3, 11, 0};

}  // namespace

bool ChainGuard::step(Address at) {
  if (++steps_ > limit_ || (seen_ != 0 && at == seen_)) {
    return false;
  }
  if (++since_ == power_) {
    power_ *= 2;
    since_ = 0;
    seen_ = at;
  }
  return true;
}

std::string describe_fault(Address address, memory::FaultReason reason) {
  const auto* why = [reason] {
    switch (reason) {
      case memory::FaultReason::unmapped:
        return "nothing is mapped there";
      case memory::FaultReason::not_in_core:
        return "not in the core";
      case memory::FaultReason::truncated:
        return "the core file ends before it";
      case memory::FaultReason::denied:
        return "the system forbids it";
      case memory::FaultReason::gone:
        return "the process has ended";
      case memory::FaultReason::too_long:
        return "too long";
    }
    return "unknown";
  }();
  return fmt::format("memory at {:#x} cannot be read ({})", address, why);
}

std::string describe_limit(const ChainBudget& budget, std::uint64_t have) {
  const ChainLimits& limits = budget.limits();
  return have >= limits.frames
             ? fmt::format("it has more than {} calls; --max-frames raises the limit", limits.frames)
             : fmt::format("all threads together have more than {} calls; --max-frames raises the limit",
                           limits.frames_in_all());
}

FrameChain walk_frames(const Objects& objects, CodeCache& codes, Address thread, bool switched) {
  const bool light = objects.layout().version >= kLightFrames;
  const auto top = light ? innermost_interpreter_frame(objects, thread) : innermost_frame_object(objects, thread);
  if (!top) {
    return {.frames = {}, .broken = "the thread state cannot be read"};
  }
  return walk_frames_from(objects, codes, {.thread = thread, .top = *top, .switched = switched});
}

FrameChain walk_frames_from(const Objects& objects, CodeCache& codes, const ChainStart& start) {
  return objects.layout().version >= kLightFrames ? walk_interpreter_frames(objects, codes, start)
                                                  : walk_frame_objects(objects, codes, start);
}

}  // namespace stillframe::cpython
