#include "capture/native_capture.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>

namespace stillframe::capture {

using target::ThreadInfo;
using target::Tid;

NativeCapture::NativeCapture(const target::Target& target, memory::CapturedMemory& memory,
                             const cpython::Runtime& runtime, native::Modules& modules, NativeOption option, bool alone)
    : target_(target),
      runtime_(runtime),
      stacks_(target, memory, modules),
      greenlet_stacks_(target, memory, modules),
      option_(option) {
  const auto crash = alone ? std::nullopt : target.crash();
  // A signal from another process tells nothing by the place where it came in.
  if (crash && (!crash->sender_pid || crash->sender_pid == target.source().pid)) {
    died_ = crash->tid;
  }
}

void NativeCapture::read(const std::vector<ThreadInfo>& threads, const target::Hold* hold, Snapshot& snapshot) {
  const bool shown = option_ != NativeOption::none;
  if (!shown && !died_) {
    return;
  }
  if (shown) {
    greenlet_stacks_.capture(snapshot.greenlets);
  }
  // The interpreter's own thread ids tell which threads are Python's, where it keeps them (3.11+).
  std::unordered_set<Tid> wanted;
  bool all = option_ == NativeOption::all;
  for (auto& interpreter : snapshot.process.interpreters) {
    for (auto& thread : interpreter.threads) {
      cpython::mark_entries(*snapshot.objects, snapshot.objects->pointer(thread.address, runtime_.layout.thread.cframe),
                            thread.chain);
      all = all || (shown && !thread.native_id);
      wanted.insert(shown ? thread.native_id.value_or(0) : 0);
    }
  }
  if (all) {
    snapshot.stacks = stacks_.capture(threads, hold);
    return;
  }
  std::vector<ThreadInfo> some;
  std::ranges::copy_if(threads, std::back_inserter(some), [&](const ThreadInfo& thread) {
    return thread.tid == died_ || wanted.contains(thread.inner_tid);
  });
  snapshot.stacks = stacks_.capture(some, hold);
}

void NativeCapture::unwind(Snapshot& snapshot, bool from_copy) {
  stacks_.unwind(snapshot.stacks, from_copy);
  native::cut_stacks(target_, snapshot.greenlets, snapshot.stacks);
  if (option_ != NativeOption::none) {
    snapshot.greenlet_stacks = greenlet_stacks_.unwind(snapshot.greenlets, from_copy);
  }
}

std::vector<Tid> NativeCapture::without_registers(const Snapshot& snapshot) {
  std::vector<Tid> tids;
  for (const auto& stack : snapshot.stacks) {
    if (stack.stack.lacks_registers) {
      tids.push_back(stack.tid);
    }
  }
  return tids;
}

}  // namespace stillframe::capture
