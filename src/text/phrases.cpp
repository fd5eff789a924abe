#include "text/phrases.h"

#include <fmt/format.h>

#include <cstddef>

namespace stillframe::text {

using model::Frame;
using model::FrameKind;
using model::OsState;
using model::WaitKind;

std::string grouped(std::uint64_t count) {
  std::string digits = fmt::format("{}", count);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

std::string with_count(std::uint64_t count, std::string_view one) {
  return fmt::format("{} {}{}", grouped(count), one, count == 1 ? "" : "s");
}

std::string_view state_word(OsState state) {
  switch (state) {
    case OsState::running:
      return "running";
    case OsState::sleeping:
      return "sleeping";
    case OsState::uninterruptible:
      return "in uninterruptible sleep";
    case OsState::stopped:
      return "stopped by a signal";
    case OsState::traced:
      return "stopped by a tracer";
    case OsState::finished:
      return "ended";
    case OsState::idle:
      return "idle";
    case OsState::dead:
    case OsState::unknown:
      break;
  }
  return "";
}

bool is_signal_return(const Frame& frame) {
  return frame.kind == FrameKind::native &&
         (frame.function.contains("__restore_rt") || frame.function.contains("__kernel_rt_sigreturn") ||
          frame.function == "<signal handler called>");
}

std::string duration_in_words(double seconds) {
  if (seconds < 0.0005) {
    return seconds > 0 ? "less than 1 ms" : "0 s";
  }
  if (seconds < 0.9995) {
    return fmt::format("{:.0f} ms", seconds * 1000);
  }
  if (seconds < 9.95) {
    const std::string text = fmt::format("{:.1f}", seconds);
    return (text.ends_with(".0") ? text.substr(0, text.size() - 2) : text) + " s";
  }
  constexpr double many_seconds = 10'000;
  if (seconds < many_seconds) {
    return fmt::format("{:.0f} s", seconds);
  }
  const auto minutes = static_cast<std::int64_t>(seconds / 60);
  constexpr std::int64_t many_minutes = std::int64_t{48} * 60;
  if (minutes < many_minutes) {
    return fmt::format("{} h {} min", minutes / 60, minutes % 60);
  }
  return fmt::format("{} days", minutes / (std::int64_t{24} * 60));
}

std::string_view queue_wait_in_words(WaitKind kind) {
  switch (kind) {
    case WaitKind::queue_get:
      return "waits for an item of ";
    case WaitKind::queue_put:
      return "waits for room in ";
    case WaitKind::queue_join:
      return "waits until all items are done of ";
    default:
      return "waits for ";
  }
}

}  // namespace stillframe::text
