#include "binary/file_budget.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "temporary_folder.h"

namespace stillframe::binary {
namespace {

class FileBudgetTest : public ::testing::Test {
 protected:
  // The checksum of a file by its name in the folder.
  std::optional<std::uint32_t> checksum(const std::string& name) {
    const int fd = ::open(folder_.path(name).c_str(), O_RDONLY | O_CLOEXEC);
    const auto sum = budget_.checksum(fd, name);
    ::close(fd);
    return sum;
  }

  testing::TemporaryFolder folder_;
  FileBudget budget_;
};

TEST_F(FileBudgetTest, SumsAsDebugLinksDo) {
  folder_.add("nine", "123456789");
  folder_.add("empty", "");
  EXPECT_EQ(checksum("nine"), 0xCBF43926U) << "the check value of CRC-32";
  EXPECT_EQ(checksum("empty"), 0U);
  EXPECT_FALSE(budget_.checksum(-1, "nothing"));
  EXPECT_FALSE(budget_.warning());
}

// Twenty libraries may name one file.
TEST_F(FileBudgetTest, ReadsAFileOnceWhateverItsName) {
  folder_.add("one", std::string(1000, 'x'));
  std::filesystem::create_hard_link(folder_.path("one"), folder_.path("other"));
  std::filesystem::create_symlink("one", folder_.path("third"));
  const auto sum = checksum("one");
  for (const char* name : {"one", "other", "third", "one"}) {
    EXPECT_EQ(checksum(name), sum);
  }
  EXPECT_EQ(budget_.summed(), 1000U);
}

TEST_F(FileBudgetTest, LeavesAloneWhatIsLongerThanWhatIsLeft) {
  folder_.add("sparse", "x");
  std::filesystem::resize_file(folder_.path("sparse"), std::uintmax_t{8} << 30U);
  folder_.add("small", std::string(4000, 'x'));
  for (int i = 0; i < 20; ++i) {
    EXPECT_FALSE(checksum("sparse"));
  }
  EXPECT_EQ(budget_.summed(), 0U);
  EXPECT_TRUE(checksum("small")) << "there is room for others";
  EXPECT_EQ(
      budget_.warning(),
      "sparse was not read: one look reads 256 MiB of source and debug files, four times as much for checksums, "
      "and not for long; source lines and names of functions from there are missing; --max-read raises the limit");
  budget_.begin(1000);
  EXPECT_FALSE(budget_.warning());
  EXPECT_TRUE(checksum("small")) << "a checksum costs a quarter";
  EXPECT_FALSE(budget_.take(1, "next"));
}

TEST_F(FileBudgetTest, CountsAllFilesTogether) {
  budget_.begin(100);
  EXPECT_TRUE(budget_.take(60, "a"));
  EXPECT_FALSE(budget_.take(41, "b"));
  EXPECT_TRUE(budget_.take(40, "c"));
  for (const char* name : {"d", "e", "f", "f"}) {
    EXPECT_FALSE(budget_.take(1, name));
  }
  EXPECT_TRUE(budget_.warning()->starts_with("b, d, e and others were not read: "));
}

}  // namespace
}  // namespace stillframe::binary
