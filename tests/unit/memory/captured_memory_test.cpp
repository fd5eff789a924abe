#include "memory/captured_memory.h"

#include <gtest/gtest.h>

#include <array>

#include "fake_memory.h"

namespace stillframe::memory {
namespace {

using testing::FakeMemory;
constexpr std::size_t kPage = CapturedMemory::kPageSize;

TEST(CapturedMemory, ReadsAPageOnce) {
  FakeMemory below;
  below.map(0x10000, kPage);
  below.put(0x10008, std::uint64_t{42});
  const CapturedMemory memory(below);
  EXPECT_EQ(memory.get<std::uint64_t>(0x10008), 42U);
  EXPECT_EQ(memory.get<std::uint64_t>(0x10ff8), 0U);
  EXPECT_EQ(below.reads, 1U);
}

TEST(CapturedMemory, KeepsWhatItReadFirst) {
  FakeMemory below;
  below.map(0x10000, kPage);
  CapturedMemory memory(below);
  EXPECT_EQ(memory.get<std::uint32_t>(0x10000), 0U);
  below.put(0x10000, std::uint32_t{7});
  EXPECT_EQ(memory.get<std::uint32_t>(0x10000), 0U);
  memory.clear();
  EXPECT_EQ(memory.get<std::uint32_t>(0x10000), 7U);
}

TEST(CapturedMemory, JoinsPages) {
  FakeMemory below;
  below.map(0x10000, 3 * kPage);
  below.put(0x10ffc, std::uint64_t{0x1122334455667788});
  const CapturedMemory memory(below);
  EXPECT_EQ(memory.get<std::uint64_t>(0x10ffc), 0x1122334455667788U);
  std::array<std::byte, 2 * kPage> large{};
  EXPECT_TRUE(memory.read(0x10010, large));
  EXPECT_EQ(memory.pages(), (std::vector<std::uint64_t>{0x10, 0x11, 0x12}));
}

TEST(CapturedMemory, ReadsPartsOfPages) {
  FakeMemory below;
  below.put(0x20010, std::uint64_t{5});
  const CapturedMemory memory(below);
  EXPECT_EQ(memory.get<std::uint64_t>(0x20010), 5U);
  EXPECT_FALSE(memory.get<std::uint64_t>(0x20018));
  EXPECT_TRUE(memory.pages().empty());
}

TEST(CapturedMemory, TriesABadPageOnce) {
  const FakeMemory below;
  const CapturedMemory memory(below);
  EXPECT_FALSE(memory.get<std::uint8_t>(0x30000));
  const auto first = below.reads;
  EXPECT_FALSE(memory.get<std::uint8_t>(0x30001));
  EXPECT_EQ(below.reads, first + 1) << "the bytes themselves, and not the page again";
}

TEST(CapturedMemory, RefusesReadsPastTheEndOfMemory) {
  const FakeMemory below;
  const CapturedMemory memory(below);
  EXPECT_FALSE(memory.get<std::uint64_t>(~Address{0}));
  EXPECT_FALSE(memory.get<std::uint64_t>(~Address{0} - 7));
  EXPECT_EQ(memory.get<std::uint64_t>(~Address{0} - 3).error().reason, FaultReason::too_long);
}

TEST(CapturedMemory, ReadsNothingAnywhere) {
  const FakeMemory below;
  const CapturedMemory memory(below);
  EXPECT_TRUE(memory.read(0, {}));
  EXPECT_EQ(below.reads, 0U);
}

TEST(CapturedMemory, KeepsNoMoreThanItsLimit) {
  FakeMemory below;
  below.map(0x100000, 64 * kPage);
  const CapturedMemory memory(below, 4 * kPage);
  for (Address page = 0; page < 64; ++page) {
    EXPECT_TRUE(memory.get<std::uint64_t>(0x100000 + page * kPage));
  }
  EXPECT_EQ(memory.pages().size(), 4U);
}

TEST(CapturedMemory, RemembersNoMoreBadPagesThanItsLimit) {
  const FakeMemory below;
  const CapturedMemory memory(below, 4 * kPage);
  for (Address page = 1; page < 10'000; ++page) {
    EXPECT_FALSE(memory.get<std::uint8_t>(page * kPage));
  }
  // Past the limit a bad page costs one read, not two.
  EXPECT_LT(below.reads, 10'020U);
}

TEST(CapturedMemory, GrowsItsTable) {
  FakeMemory below;
  constexpr std::size_t kPages = 5000;
  below.map(0x1000000, kPages * kPage);
  for (Address page = 0; page < kPages; ++page) {
    below.put(0x1000000 + page * kPage, page);
  }
  const CapturedMemory memory(below);
  for (int round = 0; round < 2; ++round) {
    for (Address page = 0; page < kPages; ++page) {
      EXPECT_EQ(memory.get<Address>(0x1000000 + page * kPage), page);
    }
  }
  EXPECT_EQ(below.reads, kPages);
}

TEST(CapturedMemory, FetchesPagesAhead) {
  FakeMemory below;
  below.map(0x10000, 2 * kPage);
  below.put(0x11000, std::uint32_t{9});
  CapturedMemory memory(below);
  // One is there twice, one cannot be read, one is not even an address.
  memory.prefetch({0x10, 0x11, 0x11, 0x99, ~std::uint64_t{0}});
  const auto reads = below.reads;
  EXPECT_EQ(memory.get<std::uint32_t>(0x11000), 9U);
  EXPECT_TRUE(memory.get<std::uint32_t>(0x10000));
  EXPECT_EQ(below.reads, reads);
  EXPECT_EQ(memory.pages(), (std::vector<std::uint64_t>{0x10, 0x11}));
  EXPECT_FALSE(memory.get<std::uint32_t>(0x99000));
}

TEST(CapturedMemory, CountsWhatCameTooLate) {
  FakeMemory below;
  below.map(0x10000, 2 * kPage);
  CapturedMemory memory(below);
  EXPECT_TRUE(memory.get<std::uint32_t>(0x10000));
  memory.seal();
  EXPECT_TRUE(memory.get<std::uint32_t>(0x10004));
  EXPECT_EQ(memory.late_reads(), 0U);
  EXPECT_TRUE(memory.get<std::uint32_t>(0x11000));
  EXPECT_TRUE(memory.get<std::uint32_t>(0x11000));
  EXPECT_EQ(memory.late_reads(), 2U);
  EXPECT_EQ(memory.pages(), (std::vector<std::uint64_t>{0x10}));
  memory.clear();
  EXPECT_EQ(memory.late_reads(), 0U);
}

TEST(CapturedMemory, RenewalTellsWhatHasChanged) {
  FakeMemory below;
  below.map(0x10000, 3 * kPage);
  CapturedMemory memory(below);
  EXPECT_TRUE(memory.get<std::uint8_t>(0x10000));
  EXPECT_TRUE(memory.get<std::uint8_t>(0x11000));
  EXPECT_FALSE(memory.is_unchanged(0x10)) << "never renewed";
  below.put(0x11008, std::uint64_t{7});
  memory.prepare_renewal();
  memory.renew({0x10, 0x11, 0x12});
  EXPECT_TRUE(memory.is_unchanged(0x10));
  EXPECT_FALSE(memory.is_unchanged(0x11));
  EXPECT_FALSE(memory.is_unchanged(0x12)) << "not copied before";
  EXPECT_EQ(memory.changed(), (std::vector<std::uint64_t>{0x11}));
  EXPECT_EQ(memory.get<std::uint64_t>(0x11008), 7U);
  memory.renew({0x10, 0x11});
  EXPECT_TRUE(memory.is_unchanged(0x11));
  EXPECT_EQ(memory.pages(), (std::vector<std::uint64_t>{0x10, 0x11}));
}

TEST(CapturedMemory, APageThatIsGoneIsNotUnchanged) {
  FakeMemory below;
  below.map(0x10000, kPage);
  CapturedMemory memory(below);
  EXPECT_TRUE(memory.get<std::uint8_t>(0x10000));
  below.lose(0x10000, kPage);
  memory.renew({0x10});
  EXPECT_FALSE(memory.is_unchanged(0x10));
  EXPECT_EQ(memory.changed(), (std::vector<std::uint64_t>{0x10}));
  EXPECT_FALSE(memory.get<std::uint8_t>(0x10000));
}

TEST(CapturedMemory, CannotTellWhatHasChangedWherePagesWereNotKept) {
  FakeMemory below;
  below.map(0x10000, 3 * kPage);
  CapturedMemory memory(below, 2 * kPage);
  EXPECT_FALSE(memory.changed()) << "never renewed";
  for (const std::uint64_t at : {0x10000ULL, 0x11000ULL, 0x12000ULL}) {
    EXPECT_TRUE(memory.get<std::uint8_t>(at));
  }
  memory.renew({0x10, 0x11});
  EXPECT_FALSE(memory.changed());
}

TEST(CapturedMemory, KeepsCopiesOnRequest) {
  FakeMemory below;
  below.map(0x10000, 200 * kPage);
  CapturedMemory memory(below);
  for (std::uint64_t page = 0x10; page < 0x10 + 200; ++page) {
    EXPECT_TRUE(memory.get<std::uint8_t>(page * kPage));
  }
  for (const std::uint64_t page : {0x10U, 0x11U, 0x50U, 0xc0U}) {
    below.put(page * kPage + 8, std::uint32_t{1});
  }
  memory.clear(std::vector<std::uint64_t>{0x11, 0x50, 0xc0, 0xd8});
  memory.prefetch({0x10, 0x11});
  EXPECT_EQ(memory.pages(), (std::vector<std::uint64_t>{0x10, 0x11, 0x50, 0xc0})) << "no page that nobody has read";
  EXPECT_EQ(memory.get<std::uint32_t>(0x10008), 1U);
  for (const std::uint64_t page : {0x11U, 0x50U, 0xc0U}) {
    EXPECT_EQ(memory.get<std::uint32_t>(page * kPage + 8), 0U) << page;
  }
  memory.clear(std::vector<std::uint64_t>{0x50});
  EXPECT_EQ(memory.get<std::uint32_t>(0x11008), 1U);
  EXPECT_EQ(memory.get<std::uint32_t>(0x50008), 0U);
  memory.clear();
  for (const std::uint64_t page : {0x10U, 0x11U, 0x50U, 0xc0U}) {
    EXPECT_EQ(memory.get<std::uint32_t>(page * kPage + 8), 1U) << page;
  }
}

TEST(CapturedMemory, KeptCopiesCountForTheLimit) {
  FakeMemory below;
  below.map(0x10000, 5 * kPage);
  CapturedMemory memory(below, 3 * kPage);
  EXPECT_TRUE(memory.get<std::uint8_t>(0x10000));
  EXPECT_TRUE(memory.get<std::uint8_t>(0x11000));
  memory.clear(std::vector<std::uint64_t>{0x10, 0x11});
  memory.prefetch({0x12, 0x13, 0x14});
  EXPECT_EQ(memory.pages(), (std::vector<std::uint64_t>{0x10, 0x11, 0x12}));
}

TEST(CapturedMemory, ARenewalForgetsWhatWasKept) {
  FakeMemory below;
  below.map(0x10000, 2 * kPage);
  CapturedMemory memory(below);
  EXPECT_TRUE(memory.get<std::uint8_t>(0x10000));
  memory.clear(std::vector<std::uint64_t>{0x10});
  EXPECT_TRUE(memory.get<std::uint8_t>(0x11000));
  below.put(0x10000, std::uint8_t{1});
  memory.prepare_renewal();
  memory.renew({0x10, 0x11});
  EXPECT_EQ(memory.get<std::uint8_t>(0x10000), 1U);
  EXPECT_EQ(memory.changed(), (std::vector<std::uint64_t>{0x10}));
}

TEST(CapturedMemory, TellsOutdatedCopies) {
  FakeMemory below;
  below.map(0x10000, 100 * kPage);
  CapturedMemory memory(below);
  std::vector<std::uint64_t> all;
  for (std::uint64_t page = 0x10; page < 0x10 + 100; ++page) {
    EXPECT_TRUE(memory.get<std::uint8_t>(page * kPage));
    all.push_back(page);
  }
  EXPECT_TRUE(memory.outdated(all).empty());
  EXPECT_TRUE(memory.outdated({}).empty());
  below.put(0x10fff, std::uint8_t{1});
  below.put(0x60000, std::uint8_t{1});
  below.lose(0x20000, kPage);
  EXPECT_EQ(memory.outdated(all), (std::vector<std::uint64_t>{0x10, 0x20, 0x60}));
  EXPECT_EQ(memory.outdated(std::vector<std::uint64_t>{0x11, 0x90}), (std::vector<std::uint64_t>{0x90}))
      << "never read";
  EXPECT_EQ(memory.get<std::uint8_t>(0x10fff), 0U) << "the copies stay as they are";
}

TEST(CapturedMemory, TracesPages) {
  FakeMemory below;
  below.map(0x10000, 3 * kPage);
  CapturedMemory memory(below);
  std::vector<std::uint64_t> pages;
  memory.trace_into(&pages);
  EXPECT_TRUE(memory.get<std::uint64_t>(0x10000));
  EXPECT_TRUE(memory.get<std::uint64_t>(0x10010));
  EXPECT_TRUE(memory.get<std::uint64_t>(0x11ffc));
  EXPECT_FALSE(memory.get<std::uint64_t>(0x90000)) << "what cannot be read now may be readable later";
  memory.trace_into(nullptr);
  EXPECT_TRUE(memory.get<std::uint64_t>(0x12000));
  EXPECT_EQ(pages, (std::vector<std::uint64_t>{0x10, 0x11, 0x12, 0x90}));
}

}  // namespace
}  // namespace stillframe::memory
