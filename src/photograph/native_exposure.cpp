#include "photograph/native_exposure.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>

namespace stillframe::photograph {

using target::ThreadInfo;
using target::Tid;

NativeExposure::NativeExposure(const target::Target& target, memory::CapturedMemory& memory,
                               const cpython::Runtime& runtime, native::Modules& modules, NativeWish wish, bool alone)
    : target_(target),
      runtime_(runtime),
      stacks_(target, memory, modules),
      greenlet_stacks_(target, memory, modules),
      wish_(wish) {
  const auto crash = alone ? std::nullopt : target.crash();
  // A signal from another process tells nothing by the place where it came in.
  if (crash && (!crash->sender_pid || crash->sender_pid == target.source().pid)) {
    died_ = crash->tid;
  }
}

void NativeExposure::read(const std::vector<ThreadInfo>& threads, const target::Hold* hold, Negative& negative) {
  const bool shown = wish_ != NativeWish::none;
  if (!shown && !died_) {
    return;
  }
  if (shown) {
    greenlet_stacks_.capture(negative.greenlets);
  }
  // The interpreter's own thread ids tell which threads are Python's, where it keeps them (3.11+).
  std::unordered_set<Tid> wanted;
  bool all = wish_ == NativeWish::all;
  for (auto& interpreter : negative.process.interpreters) {
    for (auto& thread : interpreter.threads) {
      cpython::mark_entries(*negative.objects, negative.objects->pointer(thread.address, runtime_.layout.thread.cframe),
                            thread.chain);
      all = all || (shown && !thread.native_id);
      wanted.insert(shown ? thread.native_id.value_or(0) : 0);
    }
  }
  if (all) {
    negative.stacks = stacks_.capture(threads, hold);
    return;
  }
  std::vector<ThreadInfo> some;
  std::ranges::copy_if(threads, std::back_inserter(some), [&](const ThreadInfo& thread) {
    return thread.tid == died_ || wanted.contains(thread.inner_tid);
  });
  negative.stacks = stacks_.capture(some, hold);
}

void NativeExposure::unwind(Negative& negative, bool from_copy) {
  stacks_.unwind(negative.stacks, from_copy);
  native::cut_stacks(target_, negative.greenlets, negative.stacks);
  if (wish_ != NativeWish::none) {
    negative.greenlet_stacks = greenlet_stacks_.unwind(negative.greenlets, from_copy);
  }
}

std::vector<Tid> NativeExposure::without_registers(const Negative& negative) {
  std::vector<Tid> tids;
  for (const auto& stack : negative.stacks) {
    if (stack.stack.lacks_registers) {
      tids.push_back(stack.tid);
    }
  }
  return tids;
}

}  // namespace stillframe::photograph
