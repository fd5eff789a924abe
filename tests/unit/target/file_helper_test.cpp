#include "target/file_helper.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include "child_process.h"
#include "temporary_folder.h"

namespace stillframe::target {
namespace {

class FileHelperTest : public ::testing::Test {
 protected:
  FileHelperTest() { folder_.add("root/srv/app.py", "inside"); }

  [[nodiscard]] static std::string text_of(const FileHandle& file) {
    std::array<char, 32> text{};
    const ssize_t size = file ? ::read(file.fd(), text.data(), text.size()) : 0;
    return {text.data(), static_cast<std::size_t>(size)};
  }

  testing::TemporaryFolder folder_;
  FileHelper helper_{std::chrono::minutes(1)};
};

TEST_F(FileHelperTest, OpensFilesFromTheirBeginning) {
  const auto file = helper_.open(folder_.path("root"), "/srv/app.py");
  ASSERT_TRUE(file);
  EXPECT_EQ(text_of(*file), "inside");
  EXPECT_NE(fcntl(file->fd(), F_GETFD) & FD_CLOEXEC, 0);
  const auto linked = helper_.open("", folder_.path("root/srv/app.py"));
  ASSERT_TRUE(linked);
  EXPECT_EQ(text_of(*linked), "inside");
}

TEST_F(FileHelperTest, SaysWhyThereIsNone) {
  const auto missing = helper_.open(folder_.path("root"), "/srv/other.py");
  EXPECT_EQ(errno, ENOENT);
  ASSERT_TRUE(missing) << "an answer, though not a file";
  EXPECT_FALSE(*missing);
  const auto directory = helper_.open(folder_.path("root"), "/srv");
  ASSERT_TRUE(directory);
  EXPECT_FALSE(*directory);
  const auto longest = helper_.open(folder_.path("root"), std::string(100000, 'a'));
  EXPECT_EQ(errno, ENAMETOOLONG);
  EXPECT_TRUE(longest && !*longest);
}

// The parent of a vfork() waits uninterruptibly, as who waits for a server does.
TEST_F(FileHelperTest, SendsNobodyWhereSomebodyWaitsAlready) {
  const testing::ChildProcess waiter([](const auto& ready) {
    prctl(PR_SET_NAME, "sfwait 9:4242");
    ready();
    if (vfork() == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      while (true) {
        pause();
      }
    }
  });
  while (!somebody_waits_for("9:4242")) {
    std::this_thread::yield();
  }
  EXPECT_FALSE(somebody_waits_for("9:4243"));
  const Errand errand{.server = "9:4242"};
  EXPECT_FALSE(helper_.open(folder_.path("root"), "/srv/app.py", errand)) << "no answer, and no time lost";
  EXPECT_EQ(helper_.ask(folder_.path("root"), "/srv", "9:4242"), false);
  EXPECT_TRUE(helper_.open(folder_.path("root"), "/srv/app.py", {.server = "9:4243"}));
}

TEST_F(FileHelperTest, AsksForAFileSystem) {
  EXPECT_TRUE(helper_.ask(folder_.path("root"), "/srv"));
  EXPECT_TRUE(helper_.ask(folder_.path("root"), "/nothing")) << "an error is an answer";
}

}  // namespace
}  // namespace stillframe::target
