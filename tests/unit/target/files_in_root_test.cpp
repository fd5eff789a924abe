#include "target/files_in_root.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <string>

#include "temporary_folder.h"

namespace stillframe::target {
namespace {

class FilesInRoot : public ::testing::Test {
 protected:
  FilesInRoot() {
    folder_.add("root/srv/app.py", "inside");
    folder_.add("outside.py", "outside");
  }

  void link(const std::string& to, const std::string& name) const {
    std::filesystem::create_symlink(to, folder_.path("root/" + name));
  }

  // What stands in the file; nothing where none is opened.
  [[nodiscard]] std::string read(const std::string& path) const {
    const FileHandle file = open_regular(find_in_root(folder_.path("root"), path));
    std::array<char, 32> text{};
    const ssize_t size = file ? ::read(file.fd(), text.data(), text.size()) : 0;
    return {text.data(), static_cast<std::size_t>(size)};
  }

  // The same where the system lacks openat2.
  [[nodiscard]] std::string walk(const std::string& path, const FileIdentity* identity = nullptr) const {
    const FileHandle root(::open(folder_.path("root").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    const FileHandle file = open_regular(walk_in_root(root, path, identity));
    std::array<char, 32> text{};
    const ssize_t size = file ? ::read(file.fd(), text.data(), text.size()) : 0;
    return {text.data(), static_cast<std::size_t>(size)};
  }

  testing::TemporaryFolder folder_;
};

TEST_F(FilesInRoot, AreFoundStepByStep) {
  EXPECT_EQ(walk("/srv/app.py"), "inside");
  EXPECT_EQ(walk("srv//./../srv/app.py"), "inside");
  EXPECT_EQ(walk("/../../srv/app.py"), "inside");
  EXPECT_EQ(walk("/srv/other.py"), "");
  EXPECT_EQ(walk("/srv/app.py/.."), "") << "a file is no folder";
  EXPECT_EQ(walk("/srv"), "");
  EXPECT_EQ(walk(""), "");
  std::string deep;
  for (int i = 0; i < 100'000; ++i) {
    deep += "/.";
  }
  EXPECT_EQ(walk(deep + "/srv/app.py"), "") << "longer than any path";
}

TEST_F(FilesInRoot, NoLinkOfAStepLeadsOut) {
  link("/srv/app.py", "absolute");
  link("/srv", "folder");
  link("../absolute", "srv/chain");
  link(folder_.path("outside.py"), "away");
  link("../outside.py", "up");
  link("loop", "loop");
  link("/proc/self/root", "magic");
  EXPECT_EQ(walk("/absolute"), "inside");
  EXPECT_EQ(walk("/folder/app.py"), "inside");
  EXPECT_EQ(walk("/folder/chain"), "inside");
  EXPECT_EQ(walk("/away"), "");
  EXPECT_EQ(walk("/up"), "");
  EXPECT_EQ(walk("/../outside.py"), "");
  EXPECT_EQ(walk("/loop"), "");
  EXPECT_EQ(walk("/magic/etc/passwd"), "");
}

TEST_F(FilesInRoot, AFolderThatMayNotBeSearchedEndsTheWay) {
  const FileIdentity stranger{.uid = 4'000'000, .gid = 4'000'000, .groups = {}, .proc = ""};
  std::filesystem::permissions(folder_.path("root"), std::filesystem::perms(0711));
  std::filesystem::permissions(folder_.path("root/srv"), std::filesystem::perms(0711));
  EXPECT_EQ(walk("/srv/app.py", &stranger), "inside");
  std::filesystem::permissions(folder_.path("root/srv"), std::filesystem::perms(0744));
  EXPECT_EQ(walk("/srv/app.py", &stranger), "");
  EXPECT_EQ(errno, EACCES);
}

TEST_F(FilesInRoot, AreFoundByTheirNameInIt) {
  EXPECT_EQ(read("/srv/app.py"), "inside");
  EXPECT_EQ(read("srv/../srv/app.py"), "inside");
  EXPECT_EQ(read("/srv/other.py"), "");
  EXPECT_EQ(read("/srv"), "") << "a folder is no file";
  EXPECT_EQ(read(""), "");
}

TEST_F(FilesInRoot, LinksLeadNowhereElse) {
  link("/srv/app.py", "absolute");
  link("/srv", "folder");
  link(folder_.path("outside.py"), "away");
  link("../outside.py", "up");
  link("loop", "loop");
  EXPECT_EQ(read("/absolute"), "inside");
  EXPECT_EQ(read("/folder/app.py"), "inside");
  EXPECT_EQ(read("/away"), "");
  EXPECT_EQ(read("/up"), "");
  EXPECT_EQ(read("/../outside.py"), "");
  EXPECT_EQ(read("/loop"), "");
}

TEST_F(FilesInRoot, ARootThatIsNoneHasNone) {
  EXPECT_FALSE(find_in_root(folder_.path("outside.py"), "/srv/app.py"));
  EXPECT_FALSE(find_in_root(folder_.path("nowhere"), "/srv/app.py"));
  EXPECT_FALSE(open_regular(FileHandle()));
}

}  // namespace
}  // namespace stillframe::target
