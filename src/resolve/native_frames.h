// The native part of a still: names for what was unwound, merged with the Python calls of the same thread.
#pragma once

#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "capture/capturer.h"
#include "capture/options.h"
#include "model/still.h"
#include "native/names.h"

namespace stillframe::resolve {

class NativeFrames {
 public:
  NativeFrames(const capture::Snapshot& snapshot, native::Names& names, model::Still& still,
               capture::NativeOption wish);

  // Puts the thread's native frames among its Python frames, which stand in `thread` (outermost first) as `chain` has
  // them. Does nothing where none were asked for.
  void add(const cpython::FrameChain& chain, target::Tid tid, model::Thread& thread);
  // The same for a suspended greenlet, the one at `index` of those that were read.
  void add_greenlet(std::size_t index, model::Greenlet& shown);
  // Keeps the calls of the thread that died, native ones included, whether or not they are to be shown. `python` are
  // those that Python knows, outermost first; none for a thread of which it knows nothing.
  void keep_fatal(const cpython::FrameChain& chain, const std::vector<model::Frame>& python);
  // The threads that Python knows nothing of, where all were asked for.
  void add_other_threads();

 private:
  void append(const native::NativeStack& stack, std::size_t index, std::vector<model::Frame>& frames);
  void append_loop(const native::NativeStack& stack, std::size_t index, std::span<model::Frame> python,
                   std::vector<model::Frame>& frames);
  model::Frame make_frame(const native::RawNativeFrame& raw, const binary::NativeCall& call);
  // The native frames of a stack with the Python frames of the chain where they belong.
  std::vector<model::Frame> interleave(const native::Merged& merged, const native::NativeStack& stack,
                                       std::span<model::Frame> python);
  template <typename Shown>  // a thread or a greenlet
  void put_together(const cpython::FrameChain& chain, const native::NativeStack& stack,
                    const memory::MemorySource& memory, Shown& shown);
  template <typename Shown>
  void note_end(const native::NativeStack& stack, Shown& shown);
  static void keep_last(std::vector<model::Frame>& frames);

  const capture::Snapshot& snapshot_;
  native::Names& names_;
  model::Still& still_;
  capture::NativeOption wish_;
  std::unordered_map<target::Tid, const native::ThreadStack*> by_tid_;
  std::unordered_set<target::Tid> shown_;
  std::uint64_t room_;  // for so many more native frames: many threads may claim one stack
};

}  // namespace stillframe::resolve
