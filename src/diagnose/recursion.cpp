#include "diagnose/recursion.h"

#include <algorithm>

namespace stillframe::diagnose {
namespace {

using model::Frame;

constexpr std::size_t kLongestRound = 64;
constexpr std::size_t kMostInside = 48;  // calls inside of the innermost round
constexpr std::size_t kFewestRounds = 2;

// Functions without a name are told apart by where they are.
bool same_function(const Frame& one, const Frame& other) {
  return one.kind == other.kind && one.function == other.function && one.file == other.file &&
         (!one.function.empty() || one.address == other.address);
}

// How many of the innermost calls equal those one round further out.
std::size_t equal_calls(std::span<const Frame* const> calls, std::size_t round) {
  std::size_t equal = 0;
  while (equal + round < calls.size() &&
         same_function(*calls[calls.size() - 1 - equal], *calls[calls.size() - 1 - equal - round])) {
    ++equal;
  }
  return equal;
}

}  // namespace

Recursion find_recursion(std::span<const Frame* const> calls, RecursionLimits limits) {
  for (std::size_t inside = 0; inside <= std::min(kMostInside, calls.size()); ++inside) {
    const auto outer = calls.first(calls.size() - inside);
    for (std::size_t length = 1; length <= std::min(kLongestRound, outer.size()); ++length) {
      const std::size_t repeated = equal_calls(outer, length) + length;
      if (repeated >= std::max(limits.calls, std::max(limits.rounds, kFewestRounds) * length)) {
        const auto round = outer.last(2 * length).first(length);
        return {.round = {round.begin(), round.end()}, .calls = repeated};
      }
    }
  }
  return {};
}

}  // namespace stillframe::diagnose
