#include "resolve/native_frames.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "model/check.h"

namespace stillframe::resolve {
namespace {

// The first calls of a process and of a thread are the C library's; without symbols it is enough that they are its.
bool starts_thread(const native::NativeStack& stack, std::size_t index) {
  constexpr std::size_t kStartCalls = 3;
  const native::RawNativeFrame& frame = stack.frames[index];
  if (stack.end_reason || stack.frames.size() - index > kStartCalls || frame.module == nullptr) {
    return false;
  }
  const std::string_view path = frame.module->path();
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name.starts_with("libc.") || name.starts_with("libc-") || name.starts_with("libpthread") ||
         name.starts_with("ld-");
}

}  // namespace

NativeFrames::NativeFrames(const capture::Snapshot& snapshot, native::Names& names, model::Still& still,
                           capture::NativeOption wish)
    : snapshot_(snapshot),
      names_(names),
      still_(still),
      wish_(wish),
      room_((snapshot.codes != nullptr ? snapshot.codes->budget().limits() : cpython::ChainLimits()).frames_in_all()) {
  for (const auto& stack : snapshot.stacks) {
    by_tid_.emplace(stack.tid, &stack);
  }
}

model::Frame NativeFrames::make_frame(const native::RawNativeFrame& raw, const binary::NativeCall& call) {
  model::Frame frame{.kind = model::FrameKind::native, .inlined = call.inlined, .address = raw.pc};
  frame.function = still_.texts.keep(call.function);
  if (call.file) {
    frame.file = still_.texts.keep(*call.file);
  }
  frame.line = call.line;
  frame.column = call.column;
  if (raw.module != nullptr) {
    frame.library = still_.texts.keep(raw.module->path());
  }
  if (call.macro) {
    frame.macro = still_.texts.keep(*call.macro);
  }
  frame.guessed = raw.found_by == native::FoundBy::frame_pointer || raw.found_by == native::FoundBy::stack_scan;
  // All that greenlet's module does is to switch; that a greenlet has done so is said by its title.
  const bool switches = raw.module != nullptr && cpython::is_greenlet_file(raw.module->path());
  frame.plumbing = switches || names_.is_plumbing(raw, call.function);
  if (raw.module != nullptr && call.function.empty()) {
    frame.library_offset = raw.module->linked(raw.pc);
  }
  return frame;
}

// A frame and the calls that were inlined into it, outermost first.
void NativeFrames::append(const native::NativeStack& stack, std::size_t index, std::vector<model::Frame>& frames) {
  const native::RawNativeFrame& raw = stack.frames[index];
  const auto& calls = names_.calls(stack, index);
  if (calls.empty()) {
    frames.push_back(make_frame(raw, {}));
    frames.back().plumbing = frames.back().plumbing || starts_thread(stack, index);
  }
  for (const binary::NativeCall& call : std::views::reverse(calls)) {
    frames.push_back(make_frame(raw, call));
  }
}

// As append(), with the Python calls of an evaluation loop put inside the loop itself: what the compiler has inlined
// into the loop is called by the innermost of them.
void NativeFrames::append_loop(const native::NativeStack& stack, std::size_t index, std::span<model::Frame> python,
                               std::vector<model::Frame>& frames) {
  SF_CHECK(index < stack.frames.size(), {"index", static_cast<std::int64_t>(index)},
           {"frames", static_cast<std::int64_t>(stack.frames.size())});
  const std::size_t first = frames.size();
  append(stack, index, frames);
  std::size_t inside = first + 1;
  SF_CHECK(inside <= frames.size(), {"inside", static_cast<std::int64_t>(inside)},
           {"frames", static_cast<std::int64_t>(frames.size())});
  for (std::size_t i = first; i < frames.size(); ++i) {
    inside = names_.is_loop(frames[i].function) ? i + 1 : inside;
  }
  frames.insert(frames.begin() + static_cast<std::ptrdiff_t>(inside), std::make_move_iterator(python.begin()),
                std::make_move_iterator(python.end()));
}

template <typename Shown>
void NativeFrames::note_end(const native::NativeStack& stack, Shown& shown) {
  shown.native_end = stack.end_reason;
  if (stack.end_reason || shown.merge_conflict) {
    still_.partial = true;
  }
}

// Only what runs below the last Python call.
void NativeFrames::keep_last(std::vector<model::Frame>& frames) {
  std::size_t behind_last = frames.size();
  while (behind_last > 0 && frames[behind_last - 1].kind != model::FrameKind::python) {
    --behind_last;
  }
  std::size_t index = 0;
  std::erase_if(frames, [&](const model::Frame& frame) {
    return index++ < behind_last && frame.kind == model::FrameKind::native;
  });
}

void NativeFrames::add(const cpython::FrameChain& chain, target::Tid tid, model::Thread& thread) {
  const auto known = by_tid_.find(tid);
  if (wish_ == capture::NativeOption::none || known == by_tid_.end() || thread.frames.size() != chain.frames.size()) {
    return;
  }
  shown_.insert(tid);
  const native::ThreadStack& stack = *known->second;
  if (stack.unknown) {
    thread.native_end = stack.unknown;
    still_.partial = true;
    return;
  }
  put_together(chain, stack.stack, snapshot_.objects->memory(), thread);
}

void NativeFrames::add_greenlet(std::size_t index, model::Greenlet& shown) {
  const cpython::RawGreenlet& raw = snapshot_.greenlets.greenlets[index];
  if (wish_ != capture::NativeOption::none && index < snapshot_.greenlet_stacks.size()) {
    const memory::OverlayMemory memory = raw.stack(snapshot_.objects->memory());
    put_together(raw.chain, snapshot_.greenlet_stacks[index], memory, shown);
  }
}

std::vector<model::Frame> NativeFrames::interleave(const native::Merged& merged, const native::NativeStack& stack,
                                                   std::span<model::Frame> python) {
  std::vector<model::Frame> frames;
  // A hundred thousand frames take their room once.
  std::size_t count = python.size();
  for (std::size_t i = 0; i < stack.frames.size(); ++i) {
    count += std::max<std::size_t>(names_.calls(stack, i).size(), 1);
  }
  frames.reserve(count);
  for (std::size_t at = 0; at < merged.frames.size();) {
    std::size_t end = at + (merged.frames[at].python ? 0 : 1);
    const std::size_t first_python = end;
    while (end < merged.frames.size() && merged.frames[end].python) {
      ++end;
    }
    // The chain is innermost first, the thread's frames are outermost first.
    const std::size_t outermost = first_python < end ? python.size() - 1 - merged.frames[first_python].index : 0;
    const std::span run(python.data() + outermost, end - first_python);
    if (first_python == at) {
      std::ranges::move(run, std::back_inserter(frames));
    } else {
      append_loop(stack, merged.frames[at].index, run, frames);
    }
    at = end;
  }
  return frames;
}

template <typename Shown>
void NativeFrames::put_together(const cpython::FrameChain& chain, const native::NativeStack& stack,
                                const memory::MemorySource& memory, Shown& shown) {
  if (stack.frames.size() > room_) {
    shown.native_end = "the threads before it have so many that there is no room; --max-frames raises the limit";
    still_.partial = true;
    return;
  }
  room_ -= stack.frames.size();
  const auto merged = native::merge(chain, stack, names_.parts(stack), memory);
  std::vector<model::Frame> frames = interleave(merged, stack, shown.frames);
  if (wish_ == capture::NativeOption::last) {
    keep_last(frames);
  }
  shown.frames = std::move(frames);
  shown.merge_conflict = merged.conflict;
  note_end(stack, shown);
}

void NativeFrames::keep_fatal(const cpython::FrameChain& chain, const std::vector<model::Frame>& python) {
  if (!still_.crash->frames.empty()) {
    return;  // a thread may have a state in each of several interpreters
  }
  const auto known = still_.crash->tid ? by_tid_.find(*still_.crash->tid) : by_tid_.end();
  if (known == by_tid_.end() || python.size() != chain.frames.size()) {
    still_.crash->frames = python;
    return;
  }
  const native::NativeStack& stack = known->second->stack;
  const auto merged = native::merge(chain, stack, names_.parts(stack), snapshot_.objects->memory());
  std::vector<model::Frame> copy = python;
  still_.crash->frames = interleave(merged, stack, copy);
}

void NativeFrames::add_other_threads() {
  if (wish_ != capture::NativeOption::all) {
    return;
  }
  for (const auto& info : snapshot_.threads) {
    const auto known = by_tid_.find(info.tid);
    if (known == by_tid_.end() || shown_.contains(info.tid)) {
      continue;
    }
    model::Thread thread{.tid = info.tid, .python = false, .os_state = info.state};
    if (!info.name.empty()) {
      thread.os_name = info.name;
    }
    const native::NativeStack& stack = known->second->stack;
    for (std::size_t i = stack.frames.size(); i > 0;) {
      append(stack, --i, thread.frames);
    }
    note_end(stack, thread);
    still_.threads.push_back(std::move(thread));
  }
}

}  // namespace stillframe::resolve
