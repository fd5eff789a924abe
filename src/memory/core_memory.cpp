#include "memory/core_memory.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

namespace stillframe::memory {

CoreMemory::CoreMemory(int core, std::vector<CoreExtent> extents, const AbsentPages* files)
    : core_(core), extents_(std::move(extents)), files_(files) {}

Read<void> CoreMemory::read(Address address, std::span<std::byte> into) const {
  if (into.size() > std::numeric_limits<Address>::max() - address) {
    return std::unexpected(Fault{.address = address, .reason = FaultReason::too_long});
  }
  while (!into.empty()) {
    const CoreExtent* extent = find(address);
    if (extent == nullptr) {
      return std::unexpected(Fault{.address = address, .reason = FaultReason::unmapped});
    }
    const std::uint64_t inside = address - extent->begin;
    std::size_t done = 0;
    if (inside < extent->present) {
      done = std::min<std::uint64_t>(into.size(), extent->present - inside);
      if (!read_core(extent->file_offset + inside, into.first(done))) {
        return std::unexpected(Fault{.address = address, .reason = FaultReason::truncated});
      }
    } else {
      const std::size_t wanted = std::min<std::uint64_t>(into.size(), extent->size - inside);
      done = files_ == nullptr ? 0 : files_->read(address, into.first(wanted));
      if (done == 0) {
        return std::unexpected(Fault{.address = address, .reason = extent->absent});
      }
    }
    into = into.subspan(done);
    address += done;
  }
  return {};
}

const CoreExtent* CoreMemory::find(Address address) const {
  const auto next = std::ranges::upper_bound(extents_, address, {}, &CoreExtent::begin);
  if (next == extents_.begin()) {
    return nullptr;
  }
  const CoreExtent& extent = *std::prev(next);
  return address - extent.begin < extent.size ? &extent : nullptr;
}

bool CoreMemory::read_core(std::uint64_t offset, std::span<std::byte> into) const {
  while (!into.empty()) {
    const ssize_t got = pread(core_, into.data(), into.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      return false;
    }
    into = into.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return true;
}

}  // namespace stillframe::memory
