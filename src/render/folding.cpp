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

// So many calls of one place are folded although their arguments and locals differ.
constexpr std::size_t kManyRepeats = 20;

// How often the `period` frames at `first` stand there in a row.
template <typename Same>
std::size_t count_repeats(std::span<const model::Frame> frames, std::size_t first, std::size_t period,
                          const Same& same) {
  std::size_t equal = 0;
  while (first + period + equal < frames.size() && same(frames[first + equal], frames[first + period + equal])) {
    ++equal;
  }
  return equal / period + 1;
}

bool same_values(const std::vector<model::Value>& one, const std::vector<model::Value>& other) {
  return std::ranges::equal(one, other, [](const model::Value& a, const model::Value& b) {
    return a.name == b.name && a.type == b.type && a.value == b.value;
  });
}

bool same_values(const std::optional<std::vector<model::Value>>& one,
                 const std::optional<std::vector<model::Value>>& other) {
  return one.has_value() == other.has_value() && (!one || same_values(*one, *other));
}

// What decides whether a thread or a greenlet can be shown together with another, besides its frames.
struct Likeness {
  std::string state;
  std::size_t hash = 0;
};

Likeness likeness_of(std::span<const model::Frame> frames, std::string state) {
  Likeness likeness{.state = std::move(state)};
  const auto mix = [&likeness](std::size_t more) { likeness.hash = likeness.hash * 1'000'003U + more; };
  mix(std::hash<std::string>{}(likeness.state));
  for (const model::Frame& frame : frames) {
    mix(static_cast<std::size_t>(frame.line.value_or(0)));
    mix(static_cast<std::size_t>(frame.byte_column.value_or(0)));
    mix(frame.function.size());
  }
  return likeness;
}

bool same_stack(const auto& one, const auto& other) {
  return one.complete == other.complete && one.incomplete_reason == other.incomplete_reason &&
         one.native_end == other.native_end && one.merge_conflict == other.merge_conflict &&
         std::ranges::equal(one.frames, other.frames, same_call);
}

bool alike(const model::Thread& one, const model::Thread& other) {
  return one.interpreter == other.interpreter && one.torn == other.torn && one.greenlets.empty() &&
         other.greenlets.empty() && same_stack(one, other);
}

bool alike(const model::Greenlet& one, const model::Greenlet& other) {
  return one.main == other.main && one.type == other.type && same_stack(one, other);
}

// In the order of the first of each group; `state` gives what else must be equal.
template <typename Shown, typename State>
std::vector<std::vector<const Shown*>> group(const std::vector<Shown>& all, const State& state) {
  std::vector<std::vector<const Shown*>> groups;
  std::vector<Likeness> firsts;
  std::unordered_multimap<std::size_t, std::size_t> by_hash;
  for (const Shown& one : all) {
    Likeness likeness = likeness_of(one.frames, state(one));
    const auto [begin, end] = by_hash.equal_range(likeness.hash);
    const auto known = std::find_if(begin, end, [&](const auto& entry) {
      return firsts[entry.second].state == likeness.state && alike(*groups[entry.second].front(), one);
    });
    if (known != end) {
      groups[known->second].push_back(&one);
      continue;
    }
    by_hash.emplace(likeness.hash, groups.size());
    groups.push_back({&one});
    firsts.push_back(std::move(likeness));
  }
  return groups;
}

}  // namespace

std::vector<std::vector<const model::Thread*>> group_threads(const model::Still& still) {
  return group(still.threads, [&still](const model::Thread& thread) { return state_in_words(thread, still); });
}

std::vector<std::vector<const model::Greenlet*>> group_greenlets(const model::Thread& thread) {
  return group(thread.greenlets, [](const model::Greenlet& greenlet) { return greenlet.type.value_or(""); });
}

bool same_place(const model::Frame& one, const model::Frame& other) {
  return one.kind == other.kind && one.line == other.line && one.end_line == other.end_line &&
         one.function == other.function && one.file == other.file && one.qualified_name == other.qualified_name &&
         one.column == other.column && one.end_column == other.end_column && one.source == other.source &&
         one.lost_code == other.lost_code && one.library == other.library && one.address == other.address;
}

bool same_call(const model::Frame& one, const model::Frame& other) {
  return same_place(one, other) && same_values(one.arguments, other.arguments) &&
         same_values(one.locals, other.locals) && same_values(one.exceptions, other.exceptions);
}

namespace {

// The frames from `first` on that repeat themselves, by what `same` says of two frames.
template <typename Same>
Run longest_run(std::span<const model::Frame> frames, std::size_t first, const Same& same) {
  for (std::size_t period = 1; period <= kLongestPeriod && first + period * kFewestRepeats <= frames.size(); ++period) {
    const std::size_t times = count_repeats(frames, first, period, same);
    if (times >= kFewestRepeats) {
      return {.first = first, .length = period, .times = times};  // the shortest period is the one to show
    }
  }
  return {.first = first};
}

}  // namespace

std::vector<Run> fold_frames(std::span<const model::Frame> frames) {
  std::vector<Run> runs;
  for (std::size_t at = 0; at < frames.size();) {
    Run run = longest_run(frames, at, same_call);
    if (run.times == 1) {
      const Run deep = longest_run(frames, at, same_place);
      if (deep.times >= kManyRepeats) {
        // The innermost calls of a deep recursion are shown with their values, as the outermost are.
        run = {.first = at, .length = deep.length, .times = deep.times - 1, .other_values = true};
      }
    }
    runs.push_back(run);
    at += run.length * run.times;
  }
  return runs;
}

}  // namespace stillframe::render
