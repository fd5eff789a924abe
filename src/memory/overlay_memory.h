// Another source with one range of it replaced by what was copied elsewhere.
#pragma once

#include "memory/memory_source.h"

namespace stillframe::memory {

// Answers [begin, begin + size) with the bytes at `copy`, and everything else with the bytes that are there. So a stack
// is read whose lower part was moved away to make room for another one.
class OverlayMemory final : public MemorySource {
 public:
  OverlayMemory(const MemorySource& below, Address begin, std::uint64_t size, Address copy)
      : below_(below), begin_(begin), size_(size), copy_(copy) {}

  [[nodiscard]] Read<void> read(Address address, std::span<std::byte> into) const override;

 private:
  const MemorySource& below_;
  Address begin_;
  std::uint64_t size_;
  Address copy_;
};

}  // namespace stillframe::memory
