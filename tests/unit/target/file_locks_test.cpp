#include "target/file_locks.h"

#include <gtest/gtest.h>

namespace stillframe::target {
namespace {

constexpr std::string_view kLocks =
    "1: FLOCK  ADVISORY  WRITE 4893 fe:00:9978154 0 EOF\n"
    "1: -> FLOCK  ADVISORY  WRITE 5001 fe:00:9978154 0 EOF\n"
    "1: ->  -> FLOCK  ADVISORY  WRITE 5002 fe:00:9978154 0 EOF\n"
    "2: POSIX  ADVISORY  WRITE 77 fe:00:12 0 9\n"
    "2: -> POSIX  ADVISORY  READ 5001 fe:00:12 5 5\n"
    "3: OFDLCK ADVISORY  WRITE -1 fe:00:13 0 EOF\n"
    "3: -> OFDLCK ADVISORY  WRITE -1 fe:00:13 0 EOF\n"
    "4: LEASE  ACTIVE    READ 9 fe:00:14 0 EOF\n";

TEST(ParseLockWaits, FindsWhatAProcessWaitsForAndWhoHoldsIt) {
  const auto waits = parse_lock_waits(kLocks, 5001);
  ASSERT_EQ(waits.size(), 3U);
  EXPECT_EQ(waits[0].kind, LockKind::flock);
  EXPECT_EQ(waits[0].inode, 9978154U);
  EXPECT_EQ(waits[0].holder, 4893);
  EXPECT_EQ(waits[1].kind, LockKind::posix);
  EXPECT_EQ(waits[1].inode, 12U);
  EXPECT_EQ(waits[1].holder, 77);
  EXPECT_EQ(waits[2].kind, LockKind::open_file_description);
  EXPECT_FALSE(waits[2].holder) << "the kernel does not say";
}

TEST(ParseLockWaits, SeesWhoWaitsBehindAnotherOne) {
  const auto waits = parse_lock_waits(kLocks, 5002);
  ASSERT_EQ(waits.size(), 2U);
  EXPECT_EQ(waits[0].inode, 9978154U);
  EXPECT_EQ(waits[0].holder, 4893);
}

TEST(ParseLockWaits, KnowsWhoDoesNotWait) {
  const auto waits = parse_lock_waits(kLocks, 4893);
  ASSERT_EQ(waits.size(), 1U);
  EXPECT_EQ(waits[0].kind, LockKind::open_file_description) << "which may be anybody's";
  EXPECT_TRUE(parse_lock_waits("", 1).empty());
}

TEST(ParseLockWaits, SaysNoHolderWhereItsLineIsNotShown) {
  // Locks of processes in other namespaces are left out of the file.
  const auto waits =
      parse_lock_waits("7: FLOCK ADVISORY WRITE 5 0:1:2 0 EOF\n8: -> FLOCK ADVISORY WRITE 6 0:1:3 0 EOF", 6);
  ASSERT_EQ(waits.size(), 1U);
  EXPECT_FALSE(waits[0].holder);
}

}  // namespace
}  // namespace stillframe::target
