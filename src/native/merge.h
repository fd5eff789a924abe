// One true stack: the Python calls of a thread put where they belong among its native calls.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cpython/stacks/frames.h"
#include "native/unwinder.h"

namespace stillframe::native {

// What a native frame is to the interpreter.
enum class LoopPart : std::uint8_t {
  none,
  loop,     // the evaluation loop itself
  handler,  // runs in the loop's place: a tail-called handler (3.14+), code made by the interpreter's compiler
};

struct MergedFrame {
  bool python = false;
  std::size_t index = 0;  // in the chain's or the stack's frames
};

struct Merged {
  std::vector<MergedFrame> frames;      // outermost first
  std::optional<std::string> conflict;  // why they could not be merged: then Python's come first, then the native ones
};

// Puts each run of Python calls that shares one evaluation loop inside that loop's native frame. They are recognised by
// the interpreter's own marks, never by counting names: from 3.10 on by an address that lies in the loop's frame on the
// C stack, before by the frame object that the loop's frame refers to. `parts` says of each native frame what it is, as
// far as symbols tell.
Merged merge(const cpython::FrameChain& chain, const NativeStack& stack, const std::vector<LoopPart>& parts,
             const memory::MemorySource& memory);

}  // namespace stillframe::native
