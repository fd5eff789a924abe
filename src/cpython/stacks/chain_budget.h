// How much of threads and calls one look takes in: what leads from one to the next is memory that may be made to lead
// on for ever.
#pragma once

#include <cstdint>

#include "cpython/stacks/chain_break.h"

namespace stillframe::cpython {

struct ChainLimits {
  std::uint64_t frames = 150'000;  // of one chain: a deep recursion of a real program is shown whole
  std::uint64_t threads = 20'000;  // thread states
  [[nodiscard]] std::uint64_t frames_in_all() const { return frames + frames * 2 / 3; }
};

// What is left of the limits in one reading.
class ChainBudget {
 public:
  explicit ChainBudget(const ChainLimits& limits = {}) : limits_(limits) { begin(); }

  void begin() {
    frames_left_ = limits_.frames_in_all();
    threads_left_ = limits_.threads;
  }
  void set_limits(const ChainLimits& limits) { limits_ = limits; }
  [[nodiscard]] const ChainLimits& limits() const { return limits_; }
  // Whether one more call may be taken in, of a chain that has `have`.
  bool take_frame(std::uint64_t have) {
    const bool allowed = have < limits_.frames && frames_left_ > 0;
    frames_left_ -= allowed ? 1 : 0;
    return allowed;
  }
  // Why a chain that has `have` calls may take in no more.
  [[nodiscard]] ChainBreak end_at(std::uint64_t have) const {
    const bool deep = have >= limits_.frames;
    return {.end = deep ? ChainEnd::too_deep : ChainEnd::too_many,
            .found = static_cast<std::int64_t>(deep ? limits_.frames : limits_.frames_in_all())};
  }
  bool take_thread() {
    const bool allowed = threads_left_ > 0;
    threads_left_ -= allowed ? 1 : 0;
    return allowed;
  }

 private:
  ChainLimits limits_;
  std::uint64_t frames_left_ = 0;
  std::uint64_t threads_left_ = 0;
};

}  // namespace stillframe::cpython
