#include "target/files_in_root.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
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

  testing::TemporaryFolder folder_;
};

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
