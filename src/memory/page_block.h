// Memory for copies of pages.
#pragma once

#include <cstddef>

namespace stillframe::memory {

// Room for so many pages, which the system has given before anything is written there: while a target stands still
// nobody waits for it, and one call gives all of them.
class PageBlock {
 public:
  static constexpr std::size_t kPageSize = 4096;
  static constexpr std::size_t kPages = 16;

  // std::bad_alloc where the system has none.
  PageBlock();
  PageBlock(const PageBlock&) = delete;
  PageBlock& operator=(const PageBlock&) = delete;
  PageBlock(PageBlock&& other) noexcept;
  PageBlock& operator=(PageBlock&& other) noexcept;
  ~PageBlock();

  // kPageSize bytes; `number` is below kPages.
  [[nodiscard]] std::byte* page(std::size_t number) const { return memory_ + number * kPageSize; }

 private:
  std::byte* memory_ = nullptr;
};

}  // namespace stillframe::memory
