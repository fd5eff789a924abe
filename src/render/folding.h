// Runs of equal frames, found so that a deep recursion takes a few lines.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/still.h"

namespace stillframe::render {

// `length` frames from `first`, seen `times` times in a row.
struct Run {
  std::size_t first = 0;
  std::size_t length = 1;
  std::size_t times = 1;
  bool other_values = false;  // the calls are the same, their arguments and locals are not
};

// Frames in order, as runs; only repetitions that save lines are folded. Periods of up to 8 frames (mutual recursion)
// are found. Calls that differ in their arguments and locals alone are folded where there are many of them. Linear in
// the number of frames.
std::vector<Run> fold_frames(std::span<const model::Frame> frames);

// Threads with equal stacks in equal states, in the order of their first one.
std::vector<std::vector<const model::Thread*>> group_threads(const model::Still& still);

// The same for the suspended greenlets of a thread.
std::vector<std::vector<const model::Greenlet*>> group_greenlets(const model::Thread& thread);

// Whether two frames show the same call at the same place, with the same values.
bool same_call(const model::Frame& one, const model::Frame& other);

}  // namespace stillframe::render
