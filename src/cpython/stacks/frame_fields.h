// What one frame says of itself, read in one piece: plain data, and nothing is allocated.
#pragma once

#include <cstdint>

#include "cpython/objects/objects.h"

namespace stillframe::cpython {

// A frame of the interpreter from 3.11 on (Include/internal/pycore_frame.h).
struct InterpreterFrameFields {
  Address executable = 0;  // with its tags; see code_of()
  Address previous = 0;
  Address instruction = 0;
  Address frame_object = 0;
  std::int32_t copy_index = 0;  // 3.14t: which thread-local copy of the bytecode
  std::uint8_t owner = 0;
  bool is_entry = false;  // 3.11

  // Low bits of a stack reference are tags (3.14: Include/internal/pycore_stackref.h).
  [[nodiscard]] Address code() const { return executable & ~Address{3}; }
};

// enum _frameowner: 0 thread, 1 generator, 2 frame object; from 3.12 on 3 and more are shims: frames of the
// interpreter itself, on the C stack, that begin an evaluation loop (3.12, 3.13: FRAME_OWNED_BY_CSTACK = 3;
// 3.14: FRAME_OWNED_BY_INTERPRETER = 3, FRAME_OWNED_BY_CSTACK = 4; 3.15: only the former).
inline constexpr std::uint8_t kOwnedByThread = 0;
inline constexpr std::uint8_t kOwnedByGenerator = 1;
inline constexpr std::uint8_t kFirstShim = 3;
inline constexpr std::uint8_t kLastOwner = 4;

memory::Read<InterpreterFrameFields> read_interpreter_frame(const Objects& objects, Address frame);

// A frame object, which each call has to 3.10 (Include/frameobject.h).
struct FrameObjectFields {
  Address type = 0;
  Address back = 0;
  Address code = 0;
  Address trace = 0;
  std::int32_t lasti = -1;
  std::int32_t lineno = 0;
};

memory::Read<FrameObjectFields> read_frame_object(const Objects& objects, Address frame);

}  // namespace stillframe::cpython
