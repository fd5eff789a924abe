// Functions that call themselves, or one another, very many times over.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>

#include "analysis/findings/list.h"
#include "analysis/findings/words.h"

namespace stillframe::analysis {
namespace {

using model::Frame;

constexpr std::size_t kDeep = 500;          // half of what sys.getrecursionlimit() is at first
constexpr std::size_t kLongestPeriod = 16;  // functions that call one another in turn
constexpr std::size_t kMostFrames = std::size_t{1} << 20U;

struct Repetition {
  std::size_t first = 0;   // the outermost call of it
  std::size_t period = 0;  // in calls
  std::size_t calls = 0;
};

bool same_function(const Frame& one, const Frame& other) {
  return one.function == other.function && one.file == other.file;
}

// How the innermost calls repeat; those inside of the recursion (the library that it waits in) are passed over.
std::optional<Repetition> repetition_of(std::span<const Frame* const> calls) {
  Repetition best;
  for (std::size_t skipped = 0; skipped < std::min<std::size_t>(calls.size(), kLongestPeriod); ++skipped) {
    const std::size_t last = calls.size() - skipped;
    for (std::size_t period = 1; period <= std::min(kLongestPeriod, last); ++period) {
      std::size_t equal = 0;
      while (equal + period < last && same_function(*calls[last - 1 - equal], *calls[last - 1 - equal - period])) {
        ++equal;
      }
      if (equal > kDeep && equal + period > best.calls) {
        best = {.first = last - equal - period, .period = period, .calls = equal + period};
      }
    }
    if (best.calls > 0) {
      return best;
    }
  }
  return std::nullopt;
}

}  // namespace

void find_deep_recursion(const model::Still& still, Findings& findings) {
  for (const model::Thread& thread : still.threads) {
    if (thread.frames.size() <= kDeep || thread.frames.size() > kMostFrames) {
      continue;
    }
    std::vector<const Frame*> calls;
    for (const Frame& frame : thread.frames) {
      if (frame.kind == model::FrameKind::python) {
        calls.push_back(&frame);
      }
    }
    const auto found = repetition_of(calls);
    if (!found) {
      continue;
    }
    std::vector<std::string> places;
    places.reserve(found->period);
    for (std::size_t i = 0; i < found->period; ++i) {
      places.push_back(place_of(*calls[found->first + i]));
    }
    model::Finding finding{.id = "deep-recursion",
                           .title = fmt::format("Thread {} is {} calls deep: {} again and again", name_of(thread),
                                                calls.size(), list_of(places, 4))};
    finding.evidence = {fmt::format("{} of its {} calls go round through {}", found->calls, calls.size(),
                                    found->period == 1 ? "one function" : fmt::format("{} functions", found->period))};
    finding.advice = {"see whether each call comes nearer to an end: the arguments tell (--locals)",
                      "a loop with a list of what is still to be done does not run out of stack"};
    finding.tids = {thread.tid.value_or(0)};
    findings.push_back(std::move(finding));
  }
}

}  // namespace stillframe::analysis
