#include "memory/page_block.h"

#include <sys/mman.h>

#include <new>
#include <utility>

namespace stillframe::memory {

PageBlock::PageBlock() {
  void* got =
      mmap(nullptr, kPages * kPageSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (got == MAP_FAILED) {
    throw std::bad_alloc();
  }
  memory_ = static_cast<std::byte*>(got);
}

PageBlock::PageBlock(PageBlock&& other) noexcept : memory_(std::exchange(other.memory_, nullptr)) {}

PageBlock& PageBlock::operator=(PageBlock&& other) noexcept {
  std::swap(memory_, other.memory_);
  return *this;
}

PageBlock::~PageBlock() {
  if (memory_ != nullptr) {
    munmap(memory_, kPages * kPageSize);
  }
}

}  // namespace stillframe::memory
