// The chain of Python frames of one thread, as it stands in memory.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cpython/objects/objects.h"
#include "cpython/stacks/chain_break.h"
#include "cpython/stacks/code.h"

namespace stillframe::cpython {

struct RawFrame {
  Address address = 0;
  const Code* code = nullptr;               // lives in the CodeCache
  std::int64_t lasti = -1;                  // byte offset of the running instruction; -1: not begun
  std::optional<std::int32_t> traced_line;  // the line that a trace function (a debugger) works with, where one is set
  bool instruction_known = true;            // false: the line is unknown (the instruction lies outside the code, or the
                                            // code object is not in the core)
  bool entry = false;                       // began a new C evaluation loop
  // Of an entry frame: an address inside the C frame of that loop, where the version keeps one (3.10+; 0: none).
  Address c_stack_mark = 0;
};

struct FrameChain {
  std::vector<RawFrame> frames;      // innermost first
  std::optional<ChainBreak> broken;  // why the chain ends before its outermost frame
};

// Where a chain begins, and what can be checked of it.
struct ChainStart {
  Address thread = 0;  // the thread state that keeps count of the chain; 0: a chain that no thread runs now
  Address top = 0;     // the innermost frame
  // The thread goes from one chain to another (greenlets): what it counts, and its outermost frame, are not this
  // chain's.
  bool switched = false;
  std::optional<Address> behind_top;  // where the innermost frame leads; absent: it says so itself
  // Frames lead past those on the C stack, and the way through them stands in the frame objects (greenlet_layout.h).
  bool relinked = false;
};

// Walks the chain of the thread state at `thread`. Any memory gives an end: cycles are cut, lengths bounded, and a
// frame that does not lead to a code object ends the chain, marked. `switched` as in ChainStart.
FrameChain walk_frames(const Objects& objects, CodeCache& codes, Address thread, bool switched = false);
// Walks the chain that begins at a frame: a frame object to 3.10, an interpreter frame from 3.11 on.
FrameChain walk_frames_from(const Objects& objects, CodeCache& codes, const ChainStart& start);

// The strategies behind it, one file each.
std::optional<Address> innermost_frame_object(const Objects& objects, Address thread);
FrameChain walk_frame_objects(const Objects& objects, CodeCache& codes, const ChainStart& start);  // to 3.10
std::optional<Address> innermost_interpreter_frame(const Objects& objects, Address thread);
FrameChain walk_interpreter_frames(const Objects& objects, CodeCache& codes, const ChainStart& start);  // 3.11+

// Fills in c_stack_mark of a chain of 3.10 and 3.11, whose loops have a CFrame each on the C stack, the innermost one
// at `cframe`; of later versions the walk itself has found the marks, and earlier ones have none.
void mark_entries(const Objects& objects, std::optional<Address> cframe, FrameChain& chain);

// Cuts cycles in a linked structure with no memory of its own (Brent's algorithm), and bounds its length.
class ChainGuard {
 public:
  explicit ChainGuard(std::uint64_t limit) : limit_(limit) {}
  // False when `at` was seen before or the chain is longer than the limit.
  bool step(Address at);

 private:
  std::uint64_t limit_;
  std::uint64_t steps_ = 0;
  std::uint64_t power_ = 1;
  std::uint64_t since_ = 0;
  Address seen_ = 0;
};

// More frames than this are no program's (the recursion limit of sys.setrecursionlimit is an int, but memory ends
// sooner): two million frames take a gigabyte in the oldest versions.
inline constexpr std::uint64_t kMaxFrames = 4'000'000;

}  // namespace stillframe::cpython
