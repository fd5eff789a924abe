#include "target/file_holders.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>

#include "core_builder.h"

namespace stillframe::target {
namespace {

namespace fs = std::filesystem;

TEST(FindHolders, FindsBothEndsOfAPipeOfOurOwn) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  struct stat status{};
  ASSERT_EQ(fstat(ends[0], &status), 0);
  const std::array links{"pipe:[" + std::to_string(status.st_ino) + "]"};
  const auto both = find_holders("/proc", links);
  ASSERT_EQ(both.size(), 1U);
  EXPECT_EQ(both[0].pid, getpid());
  EXPECT_TRUE(both[0].reads);
  EXPECT_TRUE(both[0].writes);
  close(ends[0]);
  const auto one = find_holders("/proc", links);
  ASSERT_EQ(one.size(), 1U);
  EXPECT_FALSE(one[0].reads);
  EXPECT_TRUE(one[0].writes);
  close(ends[1]);
  EXPECT_TRUE(find_holders("/proc", links).empty());
}

TEST(FindHolders, LooksIntoEveryProcess) {
  const testing::TemporaryFolder proc;
  for (const std::string pid : {"10", "11", "12"}) {
    fs::create_directories(proc.path() + "/" + pid + "/fd");
  }
  fs::create_directories(proc.path() + "/sys/fd");
  fs::create_symlink("pipe:[5]", proc.path() + "/10/fd/3");
  fs::create_symlink("pipe:[5]", proc.path() + "/10/fd/4");
  fs::create_symlink("pipe:[55]", proc.path() + "/11/fd/3");
  fs::create_symlink("socket:[6]", proc.path() + "/12/fd/3");
  fs::create_symlink("pipe:[5]", proc.path() + "/sys/fd/3");
  const std::array<std::string, 2> links{"pipe:[5]", "socket:[6]"};
  const auto found = find_holders(proc.path(), links);
  ASSERT_EQ(found.size(), 2U) << "once for each process and file";
  EXPECT_EQ(found[0].pid + found[1].pid, 22);
  const auto some = find_holders(proc.path(), links, std::array<std::int64_t, 3>{12, 11, 99});
  ASSERT_EQ(some.size(), 1U);
  EXPECT_EQ(some[0].pid, 12);
  EXPECT_TRUE(find_holders(proc.path(), {}).empty());
  EXPECT_TRUE(find_holders(proc.path() + "/missing", links).empty());
}

}  // namespace
}  // namespace stillframe::target
