// What blocks keep on a frame's expression stack while their body runs: of a `with` block, what ends it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cpython/objects/objects.h"
#include "cpython/stacks/frames.h"

namespace stillframe::cpython {

// A block that is being run: its handler finds `depth` objects on the stack.
struct Block {
  std::uint32_t depth = 0;
  bool may_be_with = true;   // false: it is certainly no `with` block
  std::int64_t before = -1;  // byte offset of the instruction that leads into it: the line of its `with`; -1: not known
};

// The blocks around the running instruction, the innermost last. Empty: there is none, or it cannot be told.
std::vector<Block> blocks_of(const Objects& objects, const RawFrame& frame);

// The first `count` objects of a frame's stack, 0 where one is no object. Fewer where they cannot be read. What lies
// above the depth of the innermost block may be left from before.
std::vector<Address> stack_of(const Objects& objects, const RawFrame& frame, std::uint32_t count);
// As many as the frame's stack can ever hold.
std::vector<Address> whole_stack_of(const Objects& objects, const RawFrame& frame);

}  // namespace stillframe::cpython
