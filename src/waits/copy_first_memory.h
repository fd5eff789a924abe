// What is read after the target runs again: the copy of the still, and what it lacks.
#pragma once

#include "memory/captured_memory.h"

namespace stillframe::waits {

// What is not in the copy is read a page at a time, and once.
class CopyFirstMemory final : public memory::MemorySource {
 public:
  explicit CopyFirstMemory(const memory::CapturedMemory& copy)
      : copy_(copy), rest_(static_cast<const memory::MemorySource&>(copy)) {}
  [[nodiscard]] memory::Read<void> read(memory::Address address, std::span<std::byte> into) const override {
    return copy_.read_copied(address, into) ? memory::Read<void>{} : rest_.read(address, into);
  }

 private:
  const memory::CapturedMemory& copy_;
  memory::CapturedMemory rest_;
};

}  // namespace stillframe::waits
