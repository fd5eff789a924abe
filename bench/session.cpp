// What looking again costs, against the first look. bench/compare.py runs it:
//
//   session PID ROUNDS    the medians over ROUNDS processes of our own, in nanoseconds: the first look with the opening of
//                         the target, and a look after that one. Each as `stillframe dump PID`, without the text.
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "api/explain.h"
#include "api/looks.h"
#include "target/live_target.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Costs {
  long long first = 0;
  long long again = 0;
};

long long since(Clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begin).count();
}

template <typename T>
T median(std::vector<T> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

bool look(stillframe::api::Looks& looks, const stillframe::target::Target& target) {
  auto still = looks.take({.resources = stillframe::capture::ResourceOption::names});
  if (still) {
    stillframe::api::explain(target, *still);
  }
  return still.has_value();
}

// In a process of its own, as the first look of a program is: nothing is in its caches.
int measure(std::int64_t pid, int out) {
  const auto begin = Clock::now();
  const auto target = stillframe::target::open_process(pid);
  if (!target) {
    return 1;
  }
  stillframe::api::Looks looks(**target);
  if (!look(looks, **target)) {
    return 1;
  }
  Costs costs{.first = since(begin)};
  std::vector<long long> again;
  constexpr int kAgain = 11;
  for (int i = 0; i < kAgain; ++i) {
    const auto start = Clock::now();
    if (!look(looks, **target)) {
      return 1;
    }
    again.push_back(since(start));
  }
  costs.again = median(again);
  return write(out, &costs, sizeof costs) == sizeof costs ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: session PID ROUNDS\n", stderr);
    return 1;
  }
  // As measure.cpp: other work on the machine takes no turns from this.
  const sched_param first{.sched_priority = 1};
  static_cast<void>(sched_setscheduler(0, SCHED_RR, &first));
  std::vector<long long> firsts;
  std::vector<long long> agains;
  for (int round = 0; round < std::max(1, std::atoi(argv[2])); ++round) {
    std::array<int, 2> ends{};
    Costs costs;
    if (pipe(ends.data()) != 0) {
      return 1;
    }
    const pid_t child = fork();
    if (child == 0) {
      _exit(measure(std::atoll(argv[1]), ends[1]));
    }
    close(ends[1]);
    const bool read_all = read(ends[0], &costs, sizeof costs) == sizeof costs;
    close(ends[0]);
    int status = 0;
    if (waitpid(child, &status, 0) != child || status != 0 || !read_all) {
      std::fputs("session: the process cannot be looked at\n", stderr);
      return 1;
    }
    firsts.push_back(costs.first);
    agains.push_back(costs.again);
  }
  std::printf("%lld %lld\n", median(firsts), median(agains));
}
