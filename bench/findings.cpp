// What findings cost, on top of a still. bench/compare.py runs it:
//
//   findings PID with|without    one look, as `stillframe dump PID`, with or without findings
//   findings PID ROUNDS          the medians of both within one program, from opening the process to the text, in
//                                nanoseconds, and of the stops, in microseconds: wall without and with, stop likewise
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/explain.h"
#include "api/looks.h"
#include "render/text.h"
#include "target/live_target.h"

namespace {

using Clock = std::chrono::steady_clock;
using stillframe::capture::ResourceOption;
using stillframe::capture::TaskOption;

struct Cost {
  long long wall_ns = 0;
  long long stop_us = 0;
};

// Nothing where the process cannot be looked at. The text goes to `out`, which may be null.
std::optional<Cost> look(std::int64_t pid, bool findings, std::FILE* out = nullptr) {
  const auto begin = Clock::now();
  const auto target = stillframe::target::open_process(pid);
  if (!target) {
    return std::nullopt;
  }
  auto still = stillframe::api::take(**target, {.resources = findings ? ResourceOption::names : ResourceOption::none,
                                                .tasks = findings ? TaskOption::few : TaskOption::none});
  if (!still) {
    return std::nullopt;
  }
  if (findings) {
    stillframe::api::explain(**target, *still);
  }
  const std::string text = stillframe::render::to_text(*still, {});
  if (out != nullptr) {
    std::fputs(text.c_str(), out);
  }
  return Cost{.wall_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begin).count(),
              .stop_us = still->consistency.pause_us};
}

long long median(std::vector<Cost>& costs, long long Cost::* of) {
  const auto middle = costs.begin() + static_cast<std::ptrdiff_t>(costs.size() / 2);
  std::ranges::nth_element(costs, middle, {}, of);
  return (*middle).*of;
}

int complain(const char* text) {
  std::fprintf(stderr, "findings: %s\n", text);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    return complain("usage: findings PID with|without|ROUNDS");
  }
  const std::int64_t pid = std::atoll(argv[1]);
  const std::string_view what = argv[2];
  if (what == "with" || what == "without") {
    return look(pid, what == "with", stdout) ? 0 : complain("the process cannot be looked at");
  }
  // As measure.cpp: other work on the machine takes no turns from this.
  const sched_param first{.sched_priority = 1};
  static_cast<void>(sched_setscheduler(0, SCHED_RR, &first));
  std::vector<Cost> without;
  std::vector<Cost> with;
  for (int round = 0; round < std::max(1, std::atoi(argv[2])); ++round) {
    const auto plain = look(pid, false);
    const auto full = look(pid, true);
    if (!plain || !full) {
      return complain("the process cannot be looked at");
    }
    without.push_back(*plain);
    with.push_back(*full);
  }
  std::printf("%lld %lld %lld %lld\n", median(without, &Cost::wall_ns), median(with, &Cost::wall_ns),
              median(without, &Cost::stop_us), median(with, &Cost::stop_us));
}
