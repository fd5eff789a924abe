#include "render/folding.h"

#include <algorithm>
#include <functional>
#include <string>
#include <unordered_map>

#include "render/words.h"

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

bool same_values(const std::optional<std::vector<model::Value>>& one,
                 const std::optional<std::vector<model::Value>>& other) {
  const auto same = [](const model::Value& a, const model::Value& b) {
    return a.name == b.name && a.type == b.type && a.value == b.value;
  };
  return one.has_value() == other.has_value() && (!one || std::ranges::equal(*one, *other, same));
}

// A thread with what is said of it, which decides whether it can be shown together with another.
struct Likeness {
  const model::Thread* thread = nullptr;
  std::string state;
  std::size_t hash = 0;
};

Likeness likeness_of(const model::Thread& thread, const model::Still& still) {
  Likeness likeness{.thread = &thread, .state = state_in_words(thread, still)};
  const auto mix = [&likeness](std::size_t more) { likeness.hash = likeness.hash * 1'000'003U + more; };
  mix(std::hash<std::string>{}(likeness.state));
  mix(static_cast<std::size_t>(thread.interpreter.value_or(-1)));
  for (const model::Frame& frame : thread.frames) {
    mix(static_cast<std::size_t>(frame.line.value_or(0)));
    mix(static_cast<std::size_t>(frame.byte_column.value_or(0)));
    mix(frame.function.size());
  }
  return likeness;
}

bool alike(const Likeness& one, const Likeness& other) {
  const model::Thread& a = *one.thread;
  const model::Thread& b = *other.thread;
  return one.hash == other.hash && one.state == other.state && a.interpreter == b.interpreter &&
         a.complete == b.complete && a.incomplete_reason == b.incomplete_reason &&
         std::ranges::equal(a.frames, b.frames, same_call);
}

}  // namespace

std::vector<std::vector<const model::Thread*>> group_threads(const model::Still& still) {
  std::vector<std::vector<const model::Thread*>> groups;
  std::vector<Likeness> firsts;
  std::unordered_multimap<std::size_t, std::size_t> by_hash;
  for (const model::Thread& thread : still.threads) {
    Likeness likeness = likeness_of(thread, still);
    const auto [begin, end] = by_hash.equal_range(likeness.hash);
    const auto known =
        std::find_if(begin, end, [&](const auto& entry) { return alike(firsts[entry.second], likeness); });
    if (known != end) {
      groups[known->second].push_back(&thread);
      continue;
    }
    by_hash.emplace(likeness.hash, groups.size());
    groups.push_back({&thread});
    firsts.push_back(std::move(likeness));
  }
  return groups;
}

bool same_call(const model::Frame& one, const model::Frame& other) {
  return one.kind == other.kind && one.line == other.line && one.end_line == other.end_line &&
         one.function == other.function && one.file == other.file && one.qualified_name == other.qualified_name &&
         one.column == other.column && one.end_column == other.end_column && one.source == other.source &&
         one.lost_code == other.lost_code && one.library == other.library && one.address == other.address &&
         same_values(one.arguments, other.arguments) && same_values(one.locals, other.locals);
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
