// Threads that run in every still and never leave one call.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "diagnose/phrases.h"
#include "diagnose/watched.h"

namespace stillframe::diagnose {
namespace {

using model::Frame;
using model::Thread;

std::vector<const Frame*> python_calls(const Thread& thread) {
  std::vector<const Frame*> calls;
  for (const Frame& frame : thread.frames) {
    if (frame.kind == model::FrameKind::python) {
      calls.push_back(&frame);
    }
  }
  return calls;
}

// It may be on its way to the processor, or wait for its turn with the GIL.
bool is_awake(const Thread& thread) {
  return thread.os_state == model::OsState::running || thread.waits_for_gil == true || thread.holds_gil == true;
}

// The thread in each of the stills; empty where it was not there, or not awake, in one of them.
std::vector<const Thread*> awake_in_all(Stills stills, std::int64_t tid) {
  std::vector<const Thread*> looks;
  for (const model::Still& still : stills) {
    const Thread* thread = thread_of(still, tid);
    const bool awake =
        thread != nullptr && is_awake(*thread) && (!thread->system_call || thread->waits_for_gil == true);
    if (!awake) {
      return {};
    }
    looks.push_back(thread);
  }
  return looks;
}

// How many of the outermost calls are the same in all stills; the last of them may stand at different lines.
std::size_t common_calls(const std::vector<std::vector<const Frame*>>& stacks) {
  std::size_t same = 0;
  const auto& first = stacks.front();
  for (std::size_t i = 0; i < first.size(); ++i) {
    const bool function = std::ranges::all_of(stacks, [&](const auto& stack) {
      return i < stack.size() && stack[i]->function == first[i]->function && stack[i]->file == first[i]->file;
    });
    if (!function) {
      break;
    }
    same = i + 1;
    if (std::ranges::any_of(stacks, [&](const auto& stack) { return stack[i]->line != first[i]->line; })) {
      break;  // what is called inside of it is not one call
    }
  }
  return same;
}

std::string lines_of(const std::set<std::int32_t>& lines) {
  if (lines.empty()) {
    return "?";
  }
  return lines.size() == 1 ? fmt::format("{}", *lines.begin()) : fmt::format("{}-{}", *lines.begin(), *lines.rbegin());
}

}  // namespace

void find_busy_threads(Stills stills, Findings& findings) {
  for (const Thread& thread : stills.back().threads) {
    const auto looks = thread.python && thread.tid ? awake_in_all(stills, *thread.tid) : std::vector<const Thread*>();
    std::vector<std::vector<const Frame*>> stacks;
    std::ranges::transform(looks, std::back_inserter(stacks), [](const Thread* one) { return python_calls(*one); });
    const std::size_t common = stacks.empty() ? 0 : common_calls(stacks);
    if (common == 0) {
      continue;
    }
    std::set<std::int32_t> lines;
    for (const auto& stack : stacks) {
      lines.insert(stack[common - 1]->line.value_or(0));
    }
    const Frame& call = *stacks.back()[common - 1];
    const auto running = std::ranges::count(looks, model::OsState::running, &Thread::os_state);
    model::Finding finding{
        .id = "busy-loop",
        .title = fmt::format("Thread {} runs all the time in {}, {} {} of {}", name_of(thread), call.function,
                             lines.size() == 1 ? "line" : "lines", lines_of(lines), call.file.value_or("?")),
        .evidence = {fmt::format(
            "it was in this call in each of {} looks, in no system call, and had the processor in {}", looks.size(),
            running)},
        .advice =
            {"if it waits for something by asking again and again, let it wait: Event.wait(), Queue.get(), select()",
             "if it computes, a profile shows where the time goes"},
        .tids = {*thread.tid}};
    findings.push_back(std::move(finding));
  }
}

}  // namespace stillframe::diagnose
