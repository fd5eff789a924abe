#include "waits/argument_memory.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "fake_memory.h"

namespace stillframe::waits {
namespace {

using testing::FakeMemory;
using Times = std::array<std::int64_t, 2>;

TEST(ArgumentMemory, ReadsTimes) {
  FakeMemory memory;
  memory.put(0x1000, Times{12, 500'000'000});
  memory.put(0x2000, Times{12, 500'000});
  const ArgumentMemory arguments(memory);
  EXPECT_EQ(arguments.timespec(0x1000), 12.5);
  EXPECT_EQ(arguments.timeval(0x2000), 12.5);
  EXPECT_FALSE(arguments.timespec(0x9000));
}

TEST(ArgumentMemory, BelievesNoSenselessTimes) {
  FakeMemory memory;
  memory.put(0x1000, Times{-1, 0});
  memory.put(0x2000, Times{0, 1'000'000'000});
  memory.put(0x3000, Times{std::numeric_limits<std::int64_t>::max(), 0});
  memory.put(0x4000, Times{1, -5});
  const ArgumentMemory arguments(memory);
  for (const Address address : std::initializer_list<Address>{0x1000, 0x2000, 0x3000, 0x4000}) {
    EXPECT_FALSE(arguments.timespec(address)) << address;
  }
}

TEST(ArgumentMemory, ReadsPollEntries) {
  FakeMemory memory;
  memory.put(0x1000, std::array<PollEntry, 2>{PollEntry{.fd = 3, .events = 1}, PollEntry{.fd = 9, .events = 4}});
  const ArgumentMemory arguments(memory);
  const auto entries = arguments.poll_entries(0x1000, 2);
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[1].fd, 9);
  EXPECT_EQ(entries[1].events, 4);
  EXPECT_TRUE(arguments.poll_entries(0x1000, 3).empty()) << "not all of it is there";
  EXPECT_TRUE(arguments.poll_entries(0x1000, std::numeric_limits<std::uint64_t>::max()).empty());
}

TEST(ArgumentMemory, ReadsSetsOfFiles) {
  FakeMemory memory;
  memory.put(0x1000, std::array<std::uint64_t, 16>{0x9, 0x1});  // 0, 3 and 64
  const ArgumentMemory arguments(memory);
  EXPECT_EQ(arguments.fd_set(0x1000, 65), (std::vector<int>{0, 3, 64}));
  EXPECT_EQ(arguments.fd_set(0x1000, 64), (std::vector<int>{0, 3}));
  EXPECT_EQ(arguments.fd_set(0x1000, 3), (std::vector<int>{0}));
  EXPECT_TRUE(arguments.fd_set(0, 64).empty());
  EXPECT_TRUE(arguments.fd_set(0x1000, std::numeric_limits<std::uint64_t>::max()).empty());
}

TEST(ArgumentMemory, ReadsPathsUpToTheEndOfWhatIsMapped) {
  FakeMemory memory;
  memory.map(0x1000, 0x1000);
  memory.put_text(0x1ff0, "/tmp/fifo");
  memory.map(0x5000, 0x1000);
  memory.put_text(0x5ffc, "/end");  // not ended, and nothing behind it
  const ArgumentMemory arguments(memory);
  EXPECT_EQ(arguments.path(0x1ff0), "/tmp/fifo");
  EXPECT_FALSE(arguments.path(0x5ffc));
  EXPECT_FALSE(arguments.path(0));
}

TEST(ArgumentMemory, GivesUpOnPathsWithoutAnEnd) {
  FakeMemory memory;
  memory.map(0x1000, 0x1000);
  memory.put_text(0x1000, std::string(0x1000, 'a'));
  EXPECT_FALSE(ArgumentMemory(memory).path(0x1000));
}

TEST(ArgumentMemory, SeesTheNumberOfTheCallInTheCode) {
  FakeMemory memory;
  memory.put_text(0x1000, std::string("\xb8\xe6\x00\x00\x00\x0f\x05", 7));
  memory.put_text(0x2000, std::string("\x90\xe6\x00\x00\x00\x0f\x05", 7));
  const ArgumentMemory arguments(memory);
  EXPECT_EQ(arguments.call_number_before(0x1007), 230);
  EXPECT_FALSE(arguments.call_number_before(0x2007));
  EXPECT_FALSE(arguments.call_number_before(0));
}

}  // namespace
}  // namespace stillframe::waits
