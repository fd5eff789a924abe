#include "memory/overlay_memory.h"

#include <algorithm>

namespace stillframe::memory {

Read<void> OverlayMemory::read(Address address, std::span<std::byte> into) const {
  if (into.size() > ~address) {
    return std::unexpected(Fault{.address = address, .reason = FaultReason::too_long});
  }
  while (!into.empty()) {
    const bool inside = address >= begin_ && address - begin_ < size_;
    // Up to where the answer comes from elsewhere.
    std::uint64_t whole = into.size();
    if (inside) {
      whole = size_ - (address - begin_);
    } else if (address < begin_) {
      whole = begin_ - address;
    }
    const auto part = into.first(std::min<std::uint64_t>(whole, into.size()));
    if (const auto done = below_.read(inside ? copy_ + (address - begin_) : address, part); !done) {
      return done;
    }
    address += part.size();
    into = into.subspan(part.size());
  }
  return {};
}

}  // namespace stillframe::memory
