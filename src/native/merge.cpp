#include "native/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace stillframe::native {
namespace {

// More of one C frame is not searched for a frame object.
constexpr std::uint64_t kLargestLoopFrame = 8192;

// Python calls that run in one evaluation loop: [begin, end) of the chain, innermost first; the last one began it.
struct Group {
  std::size_t begin = 0;
  std::size_t end = 0;
  Address mark = 0;                 // 0: none
  Address frame_object = 0;         // of the call that began the loop
  std::optional<std::size_t> loop;  // the native frame it runs in
};

std::vector<Group> split(const cpython::FrameChain& chain) {
  std::vector<Group> groups;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < chain.frames.size(); ++i) {
    const cpython::RawFrame& frame = chain.frames[i];
    if (frame.entry || i + 1 == chain.frames.size()) {
      groups.push_back({.begin = begin,
                        .end = i + 1,
                        .mark = frame.entry ? frame.c_stack_mark : 0,
                        .frame_object = frame.entry ? frame.address : 0});
      begin = i + 1;
    }
  }
  return groups;
}

class Merger {
 public:
  Merger(const cpython::FrameChain& chain, const NativeStack& stack, const std::vector<LoopPart>& parts,
         const memory::MemorySource& memory)
      : chain_(chain), stack_(stack), parts_(parts), memory_(memory), groups_(split(chain)) {}

  Merged merge() {
    const bool marked = std::ranges::any_of(groups_, [](const Group& group) { return group.mark != 0; });
    if (marked) {
      place_by_marks();
    } else {
      place_by_references();
    }
    check();
    return conflict_ ? side_by_side() : interleave();
  }

 private:
  void place_by_marks() {
    // Frames by address: not always the order of the calls, since a signal handler may have a stack of its own.
    std::vector<std::size_t> by_address;
    for (std::size_t i = 0; i < stack_.frames.size(); ++i) {
      if (stack_.frames[i].frame_end > stack_.frames[i].sp) {
        by_address.push_back(i);
      }
    }
    const auto sp_of = [this](std::size_t i) { return stack_.frames[i].sp; };
    std::ranges::stable_sort(by_address, {}, sp_of);
    for (Group& group : groups_) {
      const auto after = std::ranges::upper_bound(by_address, group.mark, {}, sp_of);
      if (group.mark != 0 && after != by_address.begin() && group.mark < stack_.frames[*std::prev(after)].frame_end) {
        group.loop = *std::prev(after);
      }
    }
  }

  // Whether a loop's frame holds the frame object: in a register, or spilled to the stack.
  [[nodiscard]] bool refers_to(std::size_t loop, Address object) const {
    const RawNativeFrame& frame = stack_.frames[loop];
    for (std::size_t number = 0; number < frame.registers.values.size(); ++number) {
      if (frame.registers.get(number) == object) {
        return true;
      }
    }
    const std::uint64_t size = frame.frame_end > frame.sp ? frame.frame_end - frame.sp : 0;
    std::array<Address, 64> words{};
    for (std::uint64_t left = std::min(size, kLargestLoopFrame) / sizeof(Address), done = 0; left > 0;) {
      const auto piece = std::span(words).first(std::min<std::uint64_t>(left, words.size()));
      if (memory_.read(frame.sp + done, std::as_writable_bytes(piece)) &&
          std::ranges::find(piece, object) != piece.end()) {
        return true;
      }
      left -= piece.size();
      done += piece.size_bytes();
    }
    return false;
  }

  // To 3.9 every Python call is a call of the loop, which keeps the frame object all the time. From the inside out: a
  // loop's own call is the nearest one not placed yet that its frame refers to. A loop that is just being entered or
  // left refers to none of them.
  void place_by_references() {
    std::size_t next = 0;
    for (std::size_t i = 0; i < stack_.frames.size() && next < groups_.size(); ++i) {
      if (parts_[i] == LoopPart::loop && refers_to(i, groups_[next].frame_object)) {
        groups_[next].loop = i;
        ++next;
      }
    }
  }

  // Loops outside of the innermost one that runs a Python call, which run none. (A loop inside of it may just be
  // beginning or ending.) Where a chain is torn, calls of such loops may be missing.
  [[nodiscard]] std::size_t idle_loops() const {
    if (chain_.broken || !groups_.front().loop) {
      return 0;
    }
    std::vector<bool> busy(stack_.frames.size(), false);
    for (const Group& group : groups_) {
      if (group.loop) {
        busy[*group.loop] = true;
      }
    }
    std::size_t idle = 0;
    for (std::size_t i = *groups_.front().loop; i < stack_.frames.size(); ++i) {
      idle += parts_[i] == LoopPart::loop && !busy[i] ? 1 : 0;
    }
    return idle;
  }

  // Loops must come in the same order as the calls in them, and whatever is not placed must lie where the native stack
  // could not be followed.
  void check() {
    std::optional<std::size_t> previous;
    bool lost = false;
    for (const Group& group : groups_) {
      if (group.loop && (lost || (previous && *group.loop <= *previous))) {
        conflict_ = "the evaluation loops of the native stack stand in another order than the Python calls";
        return;
      }
      if (group.loop) {
        previous = group.loop;
      }
      lost = lost || !group.loop;
    }
    if (const std::size_t idle = groups_.empty() ? 0 : idle_loops(); idle > 0) {
      conflict_ = fmt::format("{} evaluation loops of the native stack run no Python call", idle);
      return;
    }
    if (lost && !stack_.end_reason && !chain_.broken) {
      const auto missing =
          static_cast<std::size_t>(std::ranges::count_if(groups_, [](const Group& group) { return !group.loop; }));
      conflict_ = fmt::format("{} of {} evaluation loops were not found on the native stack", missing, groups_.size());
    }
  }

  // Calls of a loop stand inside its frame, and inside what runs in the loop's place, as far in as the next loop.
  [[nodiscard]] std::size_t innermost_part(std::size_t loop, std::optional<std::size_t> inner_loop) const {
    const std::size_t limit = inner_loop ? *inner_loop + 1 : 0;
    while (loop > limit && parts_[loop - 1] == LoopPart::handler) {
      --loop;
    }
    return loop;
  }

  Merged interleave() const {
    Merged merged;
    std::size_t native = stack_.frames.size();  // those outside of it are written
    for (auto group = groups_.rbegin(); group != groups_.rend(); ++group) {
      if (group->loop) {
        const auto inner_loop = std::next(group) == groups_.rend() ? std::nullopt : std::next(group)->loop;
        for (const std::size_t last = innermost_part(*group->loop, inner_loop); native > last;) {
          merged.frames.push_back({.python = false, .index = --native});
        }
      }
      for (std::size_t i = group->end; i > group->begin;) {
        merged.frames.push_back({.python = true, .index = --i});
      }
    }
    while (native > 0) {
      merged.frames.push_back({.python = false, .index = --native});
    }
    return merged;
  }

  Merged side_by_side() const {
    Merged merged{.conflict = conflict_};
    for (std::size_t i = chain_.frames.size(); i > 0;) {
      merged.frames.push_back({.python = true, .index = --i});
    }
    for (std::size_t i = stack_.frames.size(); i > 0;) {
      merged.frames.push_back({.python = false, .index = --i});
    }
    return merged;
  }

  const cpython::FrameChain& chain_;
  const NativeStack& stack_;
  const std::vector<LoopPart>& parts_;
  const memory::MemorySource& memory_;
  std::vector<Group> groups_;
  std::optional<std::string> conflict_;
};

}  // namespace

Merged merge(const cpython::FrameChain& chain, const NativeStack& stack, const std::vector<LoopPart>& parts,
             const memory::MemorySource& memory) {
  return Merger(chain, stack, parts, memory).merge();
}

}  // namespace stillframe::native
