#include "memory/overlay_memory.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "fake_memory.h"

namespace stillframe {
namespace {

using memory::OverlayMemory;

constexpr memory::Address kPlace = 0x1000;
constexpr memory::Address kCopy = 0x9000;

class Overlay : public ::testing::Test {
 protected:
  Overlay() {
    memory.put_text(kPlace, "abcdefghijklmnop");
    memory.put_text(kCopy, "ABCDEFGH");
  }

  [[nodiscard]] std::optional<std::string> read(const OverlayMemory& overlay, memory::Address at,
                                                std::size_t size) const {
    std::string text(size, '?');
    return overlay.read(at, std::as_writable_bytes(std::span(text))) ? std::optional(text) : std::nullopt;
  }

  testing::FakeMemory memory;
};

TEST_F(Overlay, AnswersTheRangeFromItsCopy) {
  const OverlayMemory overlay(memory, kPlace + 4, 4, kCopy);
  EXPECT_EQ(read(overlay, kPlace, 16), "abcdABCDijklmnop");
  EXPECT_EQ(read(overlay, kPlace + 5, 2), "BC");
  EXPECT_EQ(read(overlay, kPlace + 6, 4), "CDij");
  EXPECT_EQ(read(overlay, kPlace + 2, 4), "cdAB");
  EXPECT_EQ(read(overlay, kPlace + 8, 2), "ij");
}

TEST_F(Overlay, IsTransparentWhereNothingWasMovedAway) {
  EXPECT_EQ(read(OverlayMemory(memory, kPlace, 0, 0), kPlace, 4), "abcd");
}

TEST_F(Overlay, DoesNotShowWhatLiesThereWhereTheCopyCannotBeRead) {
  EXPECT_EQ(read(OverlayMemory(memory, kPlace, 4, 0x5000), kPlace, 8), std::nullopt);
  EXPECT_EQ(read(OverlayMemory(memory, kPlace, 12, kCopy), kPlace, 12), std::nullopt);  // the copy is shorter
}

TEST_F(Overlay, SurvivesRangesOfAnySize) {
  constexpr auto kHuge = std::uint64_t{1} << 63U;
  const OverlayMemory all(memory, 0, ~std::uint64_t{0}, kCopy - kPlace);
  EXPECT_EQ(read(all, kPlace, 4), "ABCD");
  const OverlayMemory wraps(memory, kPlace + 4, kHuge, ~std::uint64_t{0} - 2);
  EXPECT_EQ(read(wraps, kPlace, 16), std::nullopt);
  const OverlayMemory high(memory, ~std::uint64_t{0} - 8, kHuge, kCopy);
  EXPECT_EQ(read(high, kPlace, 4), "abcd");
  EXPECT_EQ(read(high, ~std::uint64_t{0} - 3, 16), std::nullopt);
}

}  // namespace
}  // namespace stillframe
