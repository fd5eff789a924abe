#include "memory/live_memory.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <vector>

#include "child_process.h"

namespace stillframe::memory {
namespace {

using testing::ChildProcess;
using testing::sleep_for_good;

constexpr std::size_t kLivePage = 4096;

// Two readable pages with a hole behind them; made before the fork, so that a child has them at the same address.
class LiveMemoryTest : public ::testing::Test {
 protected:
  LiveMemoryTest() {
    void* place = mmap(nullptr, 3 * kLivePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pages_ = static_cast<unsigned char*>(place);
    munmap(pages_ + 2 * kLivePage, kLivePage);
    for (std::size_t i = 0; i < 2 * kLivePage; ++i) {
      pages_[i] = static_cast<unsigned char>(i * 7);
    }
  }
  ~LiveMemoryTest() override { munmap(pages_, 2 * kLivePage); }

  [[nodiscard]] Address address() const { return reinterpret_cast<Address>(pages_); }

  unsigned char* pages_ = nullptr;
};

TEST_F(LiveMemoryTest, ReadsAChild) {
  const ChildProcess child([&](const auto& ready) {
    pages_[100] = 99;
    sleep_for_good(ready);
  });
  ASSERT_TRUE(child.ready());
  const LiveMemory memory(child.pid());
  EXPECT_EQ(memory.get<unsigned char>(address() + 100), 99);
  std::vector<std::byte> all(2 * kLivePage);
  ASSERT_TRUE(memory.read(address(), all));
  EXPECT_EQ(static_cast<unsigned char>(all[200]), pages_[200]);
  EXPECT_TRUE(memory.read(0, {}));
}

TEST_F(LiveMemoryTest, TellsUnmappedFromGone) {
  ChildProcess child(sleep_for_good);
  const LiveMemory memory(child.pid());
  EXPECT_EQ(memory.get<int>(0).error().reason, FaultReason::unmapped);
  EXPECT_EQ(memory.get<int>(address() + 2 * kLivePage - 2).error().reason, FaultReason::unmapped);
  EXPECT_EQ(memory.get<int>(~Address{0} - 1).error().reason, FaultReason::unmapped);
  child.end();
  EXPECT_EQ(memory.get<int>(address()).error().reason, FaultReason::gone);
}

TEST_F(LiveMemoryTest, GoesOnBehindABadPiece) {
  const LiveMemory memory(getpid());
  constexpr std::size_t kCount = 3000;  // more than one system call takes
  std::vector<std::array<std::byte, 8>> room(kCount);
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < kCount; ++i) {
    const bool bad = i % 500 == 0;
    pieces.push_back({.address = bad ? Address{16} : address() + i, .into = room[i]});
  }
  pieces[7].into = {};
  EXPECT_EQ(memory.read_many(pieces), kCount - 6);
  for (std::size_t i = 0; i < kCount; ++i) {
    EXPECT_EQ(pieces[i].ok, i % 500 != 0) << i;
    if (pieces[i].ok && i != 7) {
      EXPECT_EQ(std::memcmp(room[i].data(), pages_ + i, 8), 0) << i;
    }
  }
}

TEST_F(LiveMemoryTest, TellsNeighboursApart) {
  const LiveMemory memory(getpid());
  std::vector<std::byte> room(6 * kLivePage);
  std::vector<Piece> pieces;
  for (const std::size_t page : {0U, 1U, 2U, 1U, 0U}) {  // the third is not there
    pieces.push_back({.address = address() + page * kLivePage,
                      .into = std::span(room).subspan(pieces.size() * kLivePage, kLivePage)});
  }
  pieces.push_back({.address = ~Address{0} - kLivePage + 1, .into = std::span(room).subspan(5 * kLivePage)});
  pieces.push_back({.address = 0, .into = {}});
  EXPECT_EQ(memory.read_many(pieces), 5U);
  EXPECT_FALSE(pieces[2].ok);
  EXPECT_FALSE(pieces[5].ok);
  for (const std::size_t good : {0U, 1U, 3U, 4U}) {
    EXPECT_TRUE(pieces[good].ok) << good;
    EXPECT_EQ(std::memcmp(pieces[good].into.data(), reinterpret_cast<const void*>(pieces[good].address), kLivePage), 0);
  }
}

TEST_F(LiveMemoryTest, SaysWhereItFailed) {
  const LiveMemory memory(getpid());
  EXPECT_EQ(memory.get<int>(12345).error().address, 12345U);
}

}  // namespace
}  // namespace stillframe::memory
