#include "photograph/faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "native/greenlet_stacks.h"

namespace stillframe::photograph {

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

}  // namespace

std::size_t count_faults(const Negative& negative) {
  std::size_t faults = (negative.process.broken ? 1 : 0) + negative.greenlets.not_understood;
  faults += negative.objects_shown.unreadable;
  if (negative.tasks) {
    faults += negative.tasks->unreadable + negative.tasks->problems.size();
    faults += static_cast<std::size_t>(
        std::ranges::count_if(negative.tasks->tasks, [](const auto& task) { return task.broken.has_value(); }));
  }
  for (const auto& greenlet : negative.greenlets.greenlets) {
    faults += greenlet.chain.broken && !greenlet.chain.limited ? 1 : 0;
  }
  for (const auto& stack : negative.stacks) {
    faults += native::is_switching(stack.stack) ? 1 : 0;
  }
  for (const auto& interpreter : negative.process.interpreters) {
    faults += interpreter.broken && !interpreter.limited ? 1 : 0;
    for (const auto& thread : interpreter.threads) {
      faults += (thread.chain.broken && !thread.chain.limited) || thread.torn ? 1 : 0;
    }
  }
  return faults;
}

void mark_torn(Negative& negative, const cpython::RawProcess& second, bool strictly) {
  std::unordered_map<Address, const cpython::FrameChain*> chains;
  for (const auto& interpreter : second.interpreters) {
    for (const auto& thread : interpreter.threads) {
      chains.emplace(thread.address, &thread.chain);
    }
  }
  for (auto& interpreter : negative.process.interpreters) {
    for (auto& thread : interpreter.threads) {
      const auto found = chains.find(thread.address);
      thread.torn = found == chains.end() || !same_calls(thread.chain, *found->second, strictly);
    }
  }
}

std::vector<std::string> missed_threads(const Negative& negative, const target::Target& target,
                                        const cpython::Runtime& runtime) {
  std::vector<std::string> texts;
  const cpython::Objects now(target.memory(), runtime.layout);
  for (const auto& interpreter : negative.process.interpreters) {
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

void warn_of_greenlets(const cpython::Greenlets& greenlets, Negative& negative) {
  const auto miss = [&negative](std::string text) {
    negative.warnings.push_back(std::move(text));
    negative.partial = true;
  };
  if (greenlets.problem()) {
    miss(fmt::format("suspended greenlets are missing: {}", *greenlets.problem()));
  }
  if (greenlets.not_searched() > 0) {
    constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20U;
    miss(fmt::format("greenlets may be missing: {} MiB of memory were too much to be searched",
                     greenlets.not_searched() / kMebibyte));
  }
  if (negative.greenlets.not_understood > 0) {
    miss(fmt::format("{} greenlets are missing: they are not laid out as this version of greenlet is known to do it",
                     negative.greenlets.not_understood));
  }
  if (negative.greenlets.cut) {
    miss("greenlets are missing: there are more of them than are read");
  }
}

}  // namespace stillframe::photograph
