// The calls of a thread into room that the caller has: plain data, no text, and nothing is allocated. For who looks
// many times a second; a still walks the same frames, and finds their code at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "cpython/objects/objects.h"
#include "cpython/stacks/chain_break.h"

namespace stillframe::capture {

struct RawCall {
  cpython::Address frame = 0;
  cpython::Address code = 0;      // of the code object, which nobody has looked at yet
  std::uint64_t instruction = 0;  // from 3.11 on its address; before, the frame object's f_lasti as it stands there
  std::int32_t copy_index = 0;    // free-threaded builds from 3.14 on: which thread-local copy of the bytecode
  bool entry = false;             // began a new C evaluation loop

  bool operator==(const RawCall&) const = default;
};

struct Walked {
  std::size_t count = 0;                      // of `into`, innermost first
  std::optional<cpython::ChainBreak> broken;  // absent: the chain is whole. ChainEnd::room: `into` is full
};

// Walks the calls of the thread state at `thread`. Whether each leads to a code object, and the instruction into it, is
// asked by who resolves them: once for each place, not for each sample. Cycles end when the room does.
Walked walk(const cpython::Objects& objects, cpython::Address thread, std::span<RawCall> into);

}  // namespace stillframe::capture
