#include "capture/gil_waits.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fake_memory.h"

namespace stillframe::capture {
namespace {

using memory::Address;
using target::Tid;

constexpr Address kGil = 0x10000;
constexpr std::uint64_t kGilSize = 200;
constexpr Address kWaitingStack = 0x20000;

class GilWaits : public ::testing::Test {
 protected:
  GilWaits() {
    memory.map(kGil, kGilSize);
    memory.map(kWaitingStack, 0x10000);
    process.interpreters.push_back({.gil = kGil});
  }

  // A thread whose stack pointer is at `sp` sleeps on `futex`.
  void sleep(Tid tid, Address futex, Address sp) {
    calls[tid] = {.number = 202, .name = "futex", .arguments = {futex}, .sp = sp};
  }

  // A waiter of a condition variable of musl.
  void waiter(Address at, Address next) { memory.put(at + 8, next); }

  [[nodiscard]] std::vector<Tid> waits() const {
    auto found = find_gil_waits(process, kGilSize, calls, memory);
    std::ranges::sort(found);
    return found;
  }

  testing::FakeMemory memory;
  cpython::RawProcess process;
  std::unordered_map<Tid, target::Syscall> calls;
};

using Tids = std::vector<Tid>;

TEST_F(GilWaits, AreOnAFutexInTheGil) {
  sleep(1, kGil + 64, kWaitingStack);
  sleep(2, kGil + kGilSize, kWaitingStack);
  sleep(3, kGil - 4, kWaitingStack);
  EXPECT_EQ(waits(), Tids{1});
  calls[1].name = "read";
  EXPECT_EQ(waits(), Tids{});
}

TEST_F(GilWaits, OfMuslAreInTheListOfTheConditionVariable) {
  memory.put(kGil + 72, kWaitingStack + 0x100);
  waiter(kWaitingStack + 0x100, kWaitingStack + 0x1100);
  waiter(kWaitingStack + 0x1100, 0);
  sleep(1, kWaitingStack + 0x100 + 20, kWaitingStack + 0x80);
  sleep(2, kWaitingStack + 0x1100 + 20, kWaitingStack + 0x1080);
  sleep(3, kWaitingStack + 0x2100 + 20, kWaitingStack + 0x2080);
  EXPECT_EQ(waits(), (Tids{1, 2})) << "the third is in no list";
}

TEST_F(GilWaits, ListsThatMakeNoSenseEnd) {
  memory.put(kGil + 72, kWaitingStack + 0x100);
  memory.put(kGil + 80, Address{0x31});
  memory.put(kGil + 88, ~Address{7});
  waiter(kWaitingStack + 0x100, kWaitingStack + 0x1100);
  waiter(kWaitingStack + 0x1100, kWaitingStack + 0x100);
  sleep(1, kWaitingStack + 0x1100 + 20, kWaitingStack + 0x1080);
  sleep(2, kWaitingStack + 0x100 + 20, kWaitingStack + 0x1080);
  EXPECT_EQ(waits(), Tids{1}) << "what lies below the stack pointer is no waiter of it";
}

TEST_F(GilWaits, NeedAGil) {
  process.interpreters[0].gil = 0;
  sleep(1, 64, kWaitingStack);
  EXPECT_EQ(waits(), Tids{});
  process.interpreters[0].gil = 0x999000;
  EXPECT_EQ(waits(), Tids{}) << "memory that cannot be read";
}

}  // namespace
}  // namespace stillframe::capture
