// Why a chain of frames ends before its outermost frame: plain data, made while a target may stand still.
#pragma once

#include <cstdint>
#include <string>

#include "memory/memory_source.h"

namespace stillframe::cpython {

enum class ChainEnd : std::uint8_t {
  unreadable,          // memory of a frame cannot be read: `at`, `reason`
  no_thread_state,     // the thread state cannot be read
  no_frame,            // what should be a frame at `at` is none
  no_code,             // the frame at `at` does not lead to a code object
  cycle,               // a cycle, or a chain longer than any program's, at `at`
  greenlet_misfit,     // the frames of a suspended greenlet do not fit together at `at`
  greenlet_link_lost,  // where the frame at `at` led before its greenlet was suspended is not known
  way_lost,            // the way to the frame at `at` is lost
  not_at_base,         // it does not end at the thread's base frame
  not_at_entry,        // it does not end at a frame that begins an evaluation loop
  miscounted,          // the interpreter counts `counted` calls, the chain has `found`
  too_deep,            // it has more than `found` calls, as many as are taken in of one chain
  too_many,            // all chains together have more than `found` calls
  room,                // the caller's room for frames was used up
};

struct ChainBreak {
  ChainEnd end = ChainEnd::unreadable;
  memory::FaultReason reason = memory::FaultReason::unmapped;
  memory::Address at = 0;
  std::int64_t counted = 0;
  std::int64_t found = 0;

  bool operator==(const ChainBreak&) const = default;
};

// Whether the chain goes on, and more of it was not wanted.
constexpr bool is_limit(const ChainBreak& broken) {
  return broken.end == ChainEnd::too_deep || broken.end == ChainEnd::too_many;
}

// "the frame at 0x7f… does not lead to a code object"
std::string describe(const ChainBreak& broken);

// "memory at 0x7f… cannot be read (not in the core)"
std::string describe_unreadable(memory::Address address, memory::FaultReason reason);

}  // namespace stillframe::cpython
