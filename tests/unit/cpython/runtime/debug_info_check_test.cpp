#include "cpython/runtime/debug_info_check.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

#include "binary/elf_file.h"
#include "cpython/dialects/layout.h"
#include "paths.h"
#include "resolve/files_target.h"

namespace stillframe::cpython {
namespace {

const Layout& table() {
  return *find_layout({3, 12, 0}, {});
}

std::optional<std::vector<Disagreement>> check_file(const std::string& path) {
  const target::FileHandle file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return check_against_debug_info(file.fd(), table());
}

std::optional<Offset> real_offset(const std::vector<Disagreement>& all, std::string_view group,
                                  std::string_view field) {
  const auto found =
      std::ranges::find_if(all, [&](const Disagreement& one) { return one.group == group && one.field == field; });
  return found == all.end() ? std::nullopt : std::optional(found->real);
}

TEST(DebugInfoCheck, TellsWhereTheFieldsReallyAre) {
  const auto found = check_file(testing::shifted_python);
  ASSERT_TRUE(found);
  EXPECT_EQ(real_offset(*found, "thread", "prev"), Offset(32));
  EXPECT_EQ(real_offset(*found, "thread", "next"), Offset(40));
  EXPECT_EQ(real_offset(*found, "thread", "interp"), Offset(48));
  EXPECT_EQ(real_offset(*found, "thread", "thread_id"), Offset(64)) << "through structures without a name";
  EXPECT_EQ(real_offset(*found, "interpreter", "threads_head"), Offset(8)) << "through a structure with a name";
  EXPECT_EQ(real_offset(*found, "interpreter", "next"), Offset(16));
  EXPECT_EQ(real_offset(*found, "object", "type"), Offset(16)) << "through a typedef, from the other unit";
}

TEST(DebugInfoCheck, SaysNothingOfWhatItDoesNotDefine) {
  const auto found = check_file(testing::shifted_python);
  ASSERT_TRUE(found);
  EXPECT_FALSE(real_offset(*found, "floating", "value"));
  EXPECT_FALSE(real_offset(*found, "code", "name"));
  EXPECT_EQ(real_offset(*found, "interpreter", "modules"), absent) << "defined, without that member";
}

TEST(DebugInfoCheck, IsBelieved) {
  const auto found = check_file(testing::shifted_python);
  ASSERT_TRUE(found);
  Layout layout = table();
  believe(layout, *found);
  EXPECT_EQ(layout.thread.interp, Offset(48));
  EXPECT_EQ(layout.thread.size, 72);
  EXPECT_EQ(layout.interpreter.threads_head, Offset(8));
  EXPECT_EQ(layout.interpreter.modules, absent);
  EXPECT_EQ(layout.code.name, table().code.name);
}

TEST(DebugInfoCheck, FilesWithoutDebugInformationTellNothing) {
  EXPECT_FALSE(check_file("/dev/null"));
  EXPECT_FALSE(check_file("/"));
  EXPECT_FALSE(check_file("/no/such/file"));
  EXPECT_FALSE(check_file("/proc/self/cmdline"));
}

// A stripped libpython, and files at chosen places.
class StrippedTarget : public testing::FilesTarget {
 public:
  [[nodiscard]] std::span<const target::Mapping> mappings() const override { return mappings_; }
  [[nodiscard]] Result<target::FileHandle> open_mapped(const target::Mapping& /*mapping*/) const override {
    return target::FileHandle(open(testing::stripped_python.c_str(), O_RDONLY | O_CLOEXEC));
  }

 private:
  std::vector<target::Mapping> mappings_{
      {.begin = 0x1000, .end = 0x9000, .writable = true, .inode = 1, .path = "/opt/lib/libpython3.12.so"}};
};

std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> warnings_of(const target::Target& target) {
  Runtime runtime{.version = table().version, .layout = table(), .runtime = 0x2000};
  believe_debug_info(target, runtime);
  EXPECT_EQ(runtime.layout.thread.interp, runtime.warnings.empty() ? table().thread.interp : Offset(48));
  return runtime.warnings;
}

TEST(DebugInfoCheck, FindsTheSeparateFileByBuildIdOrByLink) {
  const target::FileHandle stripped(open(testing::stripped_python.c_str(), O_RDONLY | O_CLOEXEC));
  const auto image = binary::ElfFile::open(stripped.fd(), "libpython");
  ASSERT_TRUE(image);
  const std::string id = image->build_id();
  ASSERT_GT(id.size(), 8U);
  EXPECT_FALSE(check_file(testing::stripped_python));
  for (const std::string& place :
       {"/usr/lib/debug/.build-id/" + id.substr(0, 2) + "/" + id.substr(2) + ".debug",
        std::string("/opt/lib/shifted_python.debug"), std::string("/opt/lib/.debug/shifted_python.debug"),
        std::string("/usr/lib/debug/opt/lib/shifted_python.debug")}) {
    const StrippedTarget target;
    EXPECT_TRUE(warnings_of(target).empty()) << "nothing is there yet";
    target.write(place, contents(testing::debug_of_python));
    const auto warnings = warnings_of(target);
    ASSERT_EQ(warnings.size(), 1U) << place;
    EXPECT_NE(warnings[0].find("disagrees"), std::string::npos);
  }
}

TEST(DebugInfoCheck, ASeparateFileOfAnotherBuildIsNotBelieved) {
  const target::FileHandle stripped(open(testing::stripped_python.c_str(), O_RDONLY | O_CLOEXEC));
  const std::string id = binary::ElfFile::open(stripped.fd(), "libpython")->build_id();
  std::string bytes = contents(testing::debug_of_python);
  std::string raw;
  for (std::size_t i = 0; i < id.size(); i += 2) {
    raw += static_cast<char>(std::stoi(id.substr(i, 2), nullptr, 16));
  }
  const auto at = bytes.find(raw);
  ASSERT_NE(at, std::string::npos);
  bytes[at] = static_cast<char>(bytes[at] + 1);
  const StrippedTarget target;
  target.write("/usr/lib/debug/.build-id/" + id.substr(0, 2) + "/" + id.substr(2) + ".debug", bytes);
  target.write("/opt/lib/shifted_python.debug", bytes);
  EXPECT_TRUE(warnings_of(target).empty());
}

// A file damaged in any way gives an answer or none, and never a crash.
TEST(DebugInfoCheck, OutlivesDamagedFiles) {
  std::ifstream in(testing::shifted_python, std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  ASSERT_GT(whole.size(), 1000U);
  std::string path = ::testing::TempDir() + "damagedXXXXXX";
  const target::FileHandle file(mkstemp(path.data()));
  ASSERT_TRUE(file);
  unlink(path.c_str());
  std::mt19937 random(12);  // NOLINT(bugprone-random-generator-seed): the same damage every time
  for (int round = 0; round < 2000; ++round) {
    std::string damaged = whole;
    for (int i = 0; i < 1 + round % 20; ++i) {
      damaged[random() % damaged.size()] = static_cast<char>(random());
    }
    // Half of it where it hurts: in the headers of sections, at the end of the file.
    for (int i = 0; i < round % 3; ++i) {
      damaged[damaged.size() - 1 - random() % 2048] = static_cast<char>(random());
    }
    damaged.resize(round % 7 == 0 ? random() % damaged.size() : damaged.size());
    ASSERT_EQ(ftruncate(file.fd(), 0), 0);
    ASSERT_EQ(pwrite(file.fd(), damaged.data(), damaged.size(), 0), static_cast<ssize_t>(damaged.size()));
    const auto found = check_against_debug_info(file.fd(), table());
    if (found) {
      Layout layout = table();
      believe(layout, *found);
    }
  }
}

}  // namespace
}  // namespace stillframe::cpython
