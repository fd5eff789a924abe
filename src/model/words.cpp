#include "model/words.h"

#include <fmt/format.h>

#include <cstddef>

namespace stillframe::model {

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

}  // namespace stillframe::model
