// Memory made by hand, for those who read whole pages.
#pragma once

#include "fake_memory.h"

namespace stillframe::testing {

// The fake's pieces are smaller than pages: what lies between them is zero.
class WholePages final : public memory::MemorySource {
 public:
  explicit WholePages(const FakeMemory& pieces) : pieces_(pieces) {}
  [[nodiscard]] memory::Read<void> read(memory::Address address, std::span<std::byte> into) const override {
    constexpr memory::Address kEnd = 0x1000'0000;
    if (pieces_.read(address, into)) {
      return {};
    }
    if (address >= kEnd || into.size() > kEnd - address) {
      return std::unexpected(memory::Fault{.address = address});
    }
    for (std::size_t i = 0; i < into.size(); ++i) {
      if (!pieces_.read(address + i, into.subspan(i, 1))) {
        into[i] = std::byte{0};
      }
    }
    return {};
  }

 private:
  const FakeMemory& pieces_;
};

}  // namespace stillframe::testing
