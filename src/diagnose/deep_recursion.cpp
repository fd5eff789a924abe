// Functions that call themselves, or one another, very many times over.
#include <fmt/format.h>

#include "diagnose/list.h"
#include "diagnose/phrases.h"
#include "diagnose/recursion.h"

namespace stillframe::diagnose {
namespace {

using model::Frame;

// Half of what sys.getrecursionlimit() is at first.
constexpr std::size_t kDeep = 500;

}  // namespace

void find_deep_recursion(const model::Still& still, Findings& findings) {
  for (const model::Thread& thread : still.threads) {
    if (thread.frames.size() <= kDeep) {
      continue;
    }
    std::vector<const Frame*> calls;
    for (const Frame& frame : thread.frames) {
      if (frame.kind == model::FrameKind::python) {
        calls.push_back(&frame);
      }
    }
    const Recursion found = find_recursion(calls, {.calls = kDeep + 1, .rounds = 2});
    if (found.round.empty()) {
      continue;
    }
    std::vector<std::string> places;
    places.reserve(found.round.size());
    for (const Frame* call : found.round) {
      places.push_back(place_of(*call));
    }
    model::Finding finding{.id = "deep-recursion",
                           .title = fmt::format("Thread {} is {} calls deep: {} again and again", name_of(thread),
                                                calls.size(), list_of(places, 4))};
    finding.evidence = {
        fmt::format("{} of its {} calls go round through {}", found.calls, calls.size(),
                    found.round.size() == 1 ? "one function" : fmt::format("{} functions", found.round.size()))};
    finding.advice = {"see whether each call comes nearer to an end: the arguments tell (--locals)",
                      "a loop with a list of what is still to be done does not run out of stack"};
    add_tid(finding, thread.tid);
    findings.push_back(std::move(finding));
  }
}

}  // namespace stillframe::diagnose
