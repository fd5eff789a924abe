#include "cpython/stacks/chain_break.h"

#include <fmt/format.h>

namespace stillframe::cpython {

using memory::Address;

std::string describe_unreadable(Address address, memory::FaultReason reason) {
  const auto* why = [reason] {
    switch (reason) {
      case memory::FaultReason::unmapped:
        return "nothing is mapped there";
      case memory::FaultReason::not_in_core:
        return "not in the core";
      case memory::FaultReason::truncated:
        return "the core file ends before it";
      case memory::FaultReason::denied:
        return "the system forbids it";
      case memory::FaultReason::gone:
        return "the process has ended";
      case memory::FaultReason::too_long:
        return "too long";
    }
    return "unknown";
  }();
  return fmt::format("memory at {:#x} cannot be read ({})", address, why);
}

std::string describe(const ChainBreak& broken) {
  switch (broken.end) {
    case ChainEnd::unreadable:
      return describe_unreadable(broken.at, broken.reason);
    case ChainEnd::no_thread_state:
      return "the thread state cannot be read";
    case ChainEnd::no_frame:
      return fmt::format("what should be a frame at {:#x} is none", broken.at);
    case ChainEnd::no_code:
      return fmt::format("the frame at {:#x} does not lead to a code object", broken.at);
    case ChainEnd::cycle:
      return fmt::format("the frames form a cycle or a chain without end at {:#x}", broken.at);
    case ChainEnd::greenlet_misfit:
      return fmt::format("the frames of a suspended greenlet do not fit together at {:#x}", broken.at);
    case ChainEnd::greenlet_link_lost:
      return fmt::format("where the frame at {:#x} led before its greenlet was suspended is not known", broken.at);
    case ChainEnd::way_lost:
      return fmt::format("the way to the frame at {:#x} is lost", broken.at);
    case ChainEnd::not_at_base:
      return "the chain does not end at the thread's base frame";
    case ChainEnd::not_at_entry:
      return "the chain does not end at a frame that begins an evaluation loop";
    case ChainEnd::miscounted:
      return fmt::format("the interpreter counts {} Python calls, and the chain has {}", broken.counted, broken.found);
    case ChainEnd::too_deep:
      return fmt::format("it has more than {} calls; --max-frames raises the limit", broken.found);
    case ChainEnd::too_many:
      return fmt::format("all threads together have more than {} calls; --max-frames raises the limit", broken.found);
    case ChainEnd::room:
      return "more frames than there is room for";
  }
  return "unknown";
}

}  // namespace stillframe::cpython
