// The beginning of a structure of the target, read at once, and what of it is known by its offsets.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <span>

#include "cpython/dialects/layout.h"
#include "memory/memory_source.h"

namespace stillframe::cpython {

// No more than `kLongest` bytes are read.
template <std::size_t kLongest>
class StructureHead {
 public:
  memory::Read<void> read(const memory::MemorySource& memory, memory::Address at, std::size_t size) {
    size_ = std::min(size, kLongest);
    return memory.read(at, std::span(raw_).first(size_));
  }

  // Leaves `into` as it is where this version has no such member, or where it lies behind what was read.
  template <typename T>
  void take(Offset offset, T& into) const {
    if (offset.present() && offset.value() + sizeof into <= size_) {
      std::memcpy(&into, raw_.data() + offset.value(), sizeof into);
    }
  }

 private:
  std::array<std::byte, kLongest> raw_;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() fills it
  std::size_t size_ = 0;
};

}  // namespace stillframe::cpython
