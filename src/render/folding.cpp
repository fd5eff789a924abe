#include "render/folding.h"

namespace stillframe::render {
namespace {

constexpr std::size_t kLongestPeriod = 8;
constexpr std::size_t kFewestRepeats = 3;

// How often the `period` frames at `first` stand there in a row.
std::size_t count_repeats(std::span<const model::Frame> frames, std::size_t first, std::size_t period) {
  std::size_t equal = 0;
  while (first + period + equal < frames.size() && same_call(frames[first + equal], frames[first + period + equal])) {
    ++equal;
  }
  return equal / period + 1;
}

}  // namespace

bool same_call(const model::Frame& one, const model::Frame& other) {
  return one.kind == other.kind && one.line == other.line && one.function == other.function && one.file == other.file &&
         one.qualified_name == other.qualified_name && one.column == other.column &&
         one.end_column == other.end_column && one.library == other.library && one.address == other.address;
}

std::vector<Run> fold_frames(std::span<const model::Frame> frames) {
  std::vector<Run> runs;
  for (std::size_t at = 0; at < frames.size();) {
    Run best{.first = at};
    for (std::size_t period = 1; period <= kLongestPeriod && at + period * kFewestRepeats <= frames.size(); ++period) {
      const std::size_t times = count_repeats(frames, at, period);
      if (times >= kFewestRepeats && times * period > best.times * best.length) {
        best = {.first = at, .length = period, .times = times};
      }
      if (best.times > 1) {
        break;  // the shortest period that repeats is the one to show
      }
    }
    runs.push_back(best);
    at += best.length * best.times;
  }
  return runs;
}

}  // namespace stillframe::render
