#include "capture/contradictions.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "native/greenlet_stacks.h"

namespace stillframe::capture {

using cpython::Address;

namespace {

// Whether two readings of a chain show the same calls, `strictly` with the same instruction of the innermost one.
bool same_calls(const cpython::FrameChain& one, const cpython::FrameChain& other, bool strictly) {
  if (one.frames.size() != other.frames.size() || one.broken != other.broken) {
    return false;
  }
  for (std::size_t i = 0; i < one.frames.size(); ++i) {
    const cpython::RawFrame& first = one.frames[i];
    const cpython::RawFrame& second = other.frames[i];
    const bool may_have_moved = i == 0 && !strictly;
    if (first.address != second.address || first.code != second.code ||
        (first.lasti != second.lasti && !may_have_moved)) {
      return false;
    }
  }
  return true;
}

// A chain that is longer than what is taken in contradicts nothing: to read it once more is of no use.
bool is_broken(const cpython::FrameChain& chain) {
  return chain.broken && !cpython::is_limit(*chain.broken);
}

}  // namespace

std::size_t count_contradictions(const Snapshot& snapshot) {
  std::size_t faults = (snapshot.process.broken ? 1 : 0) + snapshot.greenlets.not_understood;
  faults += snapshot.objects_shown.unreadable;
  if (snapshot.tasks) {
    faults += snapshot.tasks->unreadable + snapshot.tasks->problems.size();
    faults += static_cast<std::size_t>(
        std::ranges::count_if(snapshot.tasks->tasks, [](const auto& task) { return task.broken.has_value(); }));
  }
  for (const auto& greenlet : snapshot.greenlets.greenlets) {
    faults += is_broken(greenlet.chain) ? 1 : 0;
  }
  for (const auto& stack : snapshot.stacks) {
    faults += native::is_switching(stack.stack) ? 1 : 0;
  }
  for (const auto& interpreter : snapshot.process.interpreters) {
    faults += interpreter.broken && !interpreter.limited ? 1 : 0;
    for (const auto& thread : interpreter.threads) {
      faults += is_broken(thread.chain) || thread.torn ? 1 : 0;
    }
  }
  return faults;
}

void mark_torn(Snapshot& snapshot, const cpython::RawProcess& second, bool strictly) {
  std::unordered_map<Address, const cpython::FrameChain*> chains;
  for (const auto& interpreter : second.interpreters) {
    for (const auto& thread : interpreter.threads) {
      chains.emplace(thread.address, &thread.chain);
    }
  }
  for (auto& interpreter : snapshot.process.interpreters) {
    for (auto& thread : interpreter.threads) {
      const auto found = chains.find(thread.address);
      thread.torn = found == chains.end() || !same_calls(thread.chain, *found->second, strictly);
    }
  }
}

std::vector<std::string> missed_threads(const Snapshot& snapshot, const target::Target& target,
                                        const cpython::Runtime& runtime) {
  std::vector<std::string> texts;
  const cpython::Objects now(target.memory(), runtime.layout);
  for (const auto& interpreter : snapshot.process.interpreters) {
    if (interpreter.limited) {
      continue;  // threads are missing, and that has been said
    }
    std::unordered_set<Address> seen;
    for (const auto& thread : interpreter.threads) {
      seen.insert(thread.address);
    }
    for (const Address thread : cpython::list_threads(now, interpreter.address)) {
      if (seen.erase(thread) == 0) {
        texts.push_back(
            fmt::format("a thread began while memory was read and is missing (thread state {:#x})", thread));
      }
    }
    for (const Address thread : seen) {
      texts.push_back(
          fmt::format("a thread ended while memory was read; what is shown of it may be wrong "
                      "(thread state {:#x})",
                      thread));
    }
  }
  return texts;
}

void warn_of_greenlets(const cpython::Greenlets& greenlets, Snapshot& snapshot) {
  const auto miss = [&snapshot](std::string text) {
    snapshot.warnings.push_back(std::move(text));
    snapshot.partial = true;
  };
  if (greenlets.problem()) {
    miss(fmt::format("suspended greenlets are missing: {}", *greenlets.problem()));
  }
  if (greenlets.not_searched() > 0) {
    constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20U;
    miss(fmt::format("greenlets may be missing: {} MiB of memory were too much to be searched",
                     greenlets.not_searched() / kMebibyte));
  }
  if (snapshot.greenlets.not_understood > 0) {
    miss(fmt::format("{} greenlets are missing: they are not laid out as this version of greenlet is known to do it",
                     snapshot.greenlets.not_understood));
  }
  if (snapshot.greenlets.cut) {
    miss("greenlets are missing: there are more of them than are read");
  }
}

}  // namespace stillframe::capture
