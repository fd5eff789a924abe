#include "waits/lock_usage.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace stillframe::waits {
namespace {

using cpython::Address;
using cpython::RawFrame;

// Lines of one function that are read for where it takes a lock and gives it back.
constexpr std::size_t kMostLockLines = 2000;
// Lines of a loop that are read for its first statement.
constexpr std::int32_t kMostLinesUp = 8;

bool is_of_a_name(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
         letter == '_' || letter == '.';
}

// `lock.acquire` is not what is called in `other_lock.acquire`.
bool has_word(std::string_view line, std::string_view word) {
  for (auto at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    if (at == 0 || !is_of_a_name(line[at - 1])) {
      return true;
    }
  }
  return false;
}

// `lock` is not what is named by `lock_file`.
bool has_name(std::string_view line, std::string_view name) {
  for (auto at = line.find(name); at != std::string_view::npos; at = line.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || !is_of_a_name(line[at - 1])) && (end == line.size() || !is_of_a_name(line[end]))) {
      return true;
    }
  }
  return false;
}

std::string_view without_margin(std::string_view line) {
  const auto begin = line.find_first_not_of(" \t");
  return begin == std::string_view::npos ? std::string_view() : line.substr(begin);
}

std::size_t margin_of(std::string_view line) {
  return line.size() - without_margin(line).size();
}

// Without its comment, and without what a function that the line only defines will do.
std::string_view run_by_itself(std::string_view line) {
  line = line.substr(0, line.find('#'));
  const std::string_view text = without_margin(line);
  if (text.starts_with("def ") || text.starts_with("async def ")) {
    return {};
  }
  return line.substr(0, line.find("lambda"));
}

bool takes_by_with(std::string_view line) {
  const std::string_view text = without_margin(line);
  return text.starts_with("with ") || text.starts_with("with(") || line.contains(" with ");
}

// A method that only passes on what its caller asks of a lock.
bool passes_on(std::string_view function) {
  constexpr std::array<std::string_view, 6> names{"acquire", "__enter__", "_acquire", "lock", "acquire_lock", "enter"};
  return std::ranges::find(names, function) != names.end();
}

}  // namespace

std::optional<std::int32_t> LockUsage::line_now(const RawFrame& frame) const {
  return frame.code == nullptr || frame.code->lost || !frame.instruction_known
             ? std::nullopt
             : cpython::locate(*frame.code, frame.lasti, objects_.dialect()).line;
}

std::optional<std::string_view> LockUsage::text_of(const RawFrame& frame, std::int32_t line) {
  const auto [source, fresh] = sources_.try_emplace(frame.code->filename);
  if (fresh) {
    source->second = source_files_.read(frame.code->filename);
  }
  return source->second ? source->second->text.line(line) : std::nullopt;
}

std::vector<LockUsage::Line> LockUsage::lines_of(const RawFrame& frame) {
  std::vector<Line> found;
  for (const std::int32_t number : cpython::lines_of(*frame.code, objects_.dialect())) {
    const auto text = found.size() < kMostLockLines ? text_of(frame, number) : std::nullopt;
    if (!text) {
      break;
    }
    found.push_back({.number = number, .text = run_by_itself(*text)});
  }
  return found;
}

std::optional<LockUse> LockUsage::of(const RawFrame& frame, Address lock) {
  const auto now = line_now(frame);
  const auto name = now ? names_.find(frame, lock) : std::nullopt;
  const std::vector<Line> lines = name ? lines_of(frame) : std::vector<Line>{};
  if (lines.empty()) {
    return std::nullopt;
  }
  LockUse use;
  bool takes = false;
  bool releases = false;
  const auto current = text_of(frame, *now);
  use.passes_it_on = current && has_name(run_by_itself(*current), *name);
  for (const Line& line : lines) {
    const bool acquires = has_word(line.text, *name + ".acquire(");
    const bool lets_go = has_word(line.text, *name + ".release(");
    takes = takes || acquires || (takes_by_with(line.text) && has_word(line.text, *name));
    releases = releases || lets_go;
    if (line.number < *now) {
      use.taken = acquires ? std::optional(line.number) : lets_go ? std::nullopt : use.taken;
    } else {
      use.gives_back = use.gives_back || lets_go;
    }
  }
  use.only_releases = releases && !takes;
  return use;
}

std::optional<bool> LockUsage::gives_back(const std::vector<RawFrame>& frames, std::size_t index, Address lock) {
  if (index >= frames.size()) {
    return std::nullopt;
  }
  const RawFrame& frame = frames[index];
  const auto [known, fresh] = given_back_.try_emplace({frame.code, frame.lasti, lock});
  if (fresh) {
    known->second = find_give_back(frames, index, lock);
  }
  return known->second;
}

std::optional<bool> LockUsage::find_give_back(const std::vector<RawFrame>& frames, std::size_t index, Address lock) {
  const auto now = line_now(frames[index]);
  const auto text = now ? text_of(frames[index], *now) : std::nullopt;
  if (!text) {
    return std::nullopt;
  }
  if (takes_by_with(run_by_itself(*text))) {
    return true;
  }
  if (passes_on(frames[index].code->name) && index + 1 < frames.size()) {
    const auto outer = line_now(frames[index + 1]);
    const auto line = outer ? text_of(frames[index + 1], *outer) : std::nullopt;
    const bool released = outer && std::ranges::any_of(lines_of(frames[index + 1]), [&](const Line& one) {
                            return one.number >= *outer && one.text.contains("release(");
                          });
    return line && (takes_by_with(run_by_itself(*line)) || released);
  }
  const auto use = of(frames[index], lock);
  return use && use->gives_back;
}

bool LockUsage::begins_turn(const RawFrame& frame, std::int32_t line) {
  if (frame.code == nullptr || frame.code->lost) {
    return false;
  }
  const auto own = text_of(frame, line);
  for (std::int32_t up = 1; own && up <= kMostLinesUp && line - up >= frame.code->first_line; ++up) {
    const auto above = text_of(frame, line - up);
    const std::string_view text = above ? without_margin(run_by_itself(*above)) : std::string_view();
    if (text.empty() || text.starts_with("try:")) {
      continue;
    }
    return margin_of(*above) < margin_of(*own) && (text.starts_with("while ") || text.starts_with("for "));
  }
  return false;
}

}  // namespace stillframe::waits
