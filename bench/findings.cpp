// What findings cost: `findings PID ROUNDS` prints the medians of a still without and with them, in nanoseconds, from
// opening the process to the text. bench/compare.py runs it.
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <vector>

#include "analysis/explain.h"
#include "photograph/photograph.h"
#include "render/text.h"
#include "target/live_target.h"

namespace {

using Clock = std::chrono::steady_clock;

// Nanoseconds; nothing where the process cannot be looked at.
std::optional<long long> look(std::int64_t pid, bool findings) {
  const auto begin = Clock::now();
  const auto target = stillframe::target::open_process(pid);
  if (!target) {
    return std::nullopt;
  }
  auto still = stillframe::photograph::take(**target, {.resources = findings});
  if (!still) {
    return std::nullopt;
  }
  if (findings) {
    stillframe::analysis::explain(**target, *still);
  }
  static_cast<void>(stillframe::render::to_text(*still, {}));
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begin).count();
}

long long median(std::vector<long long>& times) {
  std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2));
  return times[times.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: findings PID ROUNDS\n", stderr);
    return 2;
  }
  // As measure.cpp: other work on the machine takes no turns from this.
  const sched_param first{.sched_priority = 1};
  static_cast<void>(sched_setscheduler(0, SCHED_RR, &first));
  std::vector<long long> without;
  std::vector<long long> with;
  for (int round = 0; round < std::max(1, std::atoi(argv[2])); ++round) {
    const auto plain = look(std::atoll(argv[1]), false);
    const auto full = look(std::atoll(argv[1]), true);
    if (!plain || !full) {
      std::fputs("findings: the process cannot be looked at\n", stderr);
      return 1;
    }
    without.push_back(*plain);
    with.push_back(*full);
  }
  std::printf("%lld %lld\n", median(without), median(with));
}
