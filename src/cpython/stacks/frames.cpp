#include "cpython/stacks/frames.h"

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

FrameChain walk_frames(const Objects& objects, CodeCache& codes, Address thread, bool switched) {
  const bool light = objects.layout().version >= kLightFrames;
  const auto top = light ? innermost_interpreter_frame(objects, thread) : innermost_frame_object(objects, thread);
  if (!top) {
    return {.frames = {}, .broken = ChainBreak{.end = ChainEnd::no_thread_state}};
  }
  return walk_frames_from(objects, codes, {.thread = thread, .top = *top, .switched = switched});
}

FrameChain walk_frames_from(const Objects& objects, CodeCache& codes, const ChainStart& start) {
  return objects.layout().version >= kLightFrames ? walk_interpreter_frames(objects, codes, start)
                                                  : walk_frame_objects(objects, codes, start);
}

}  // namespace stillframe::cpython
