#include "target/file_identity.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <string>

#include "child_process.h"
#include "target/file_helper.h"
#include "temporary_folder.h"

namespace stillframe::target {
namespace {

constexpr std::string_view kStatus =
    "Name:\tpython3\nUid:\t1000\t1001\t1002\t1003\nGid:\t100\t101\t102\t103\nGroups:\t4 27 65534 \n"
    "CapEff:\t0000000000000005\n";

TEST(FileIdentity, IsThatOfTheFileSystem) {
  const auto identity = parse_identity(kStatus);
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->uid, 1003U);
  EXPECT_EQ(identity->gid, 103U);
  EXPECT_EQ(identity->groups, (std::vector<gid_t>{4, 27, 65534}));
  EXPECT_EQ(identity->capabilities, 4U) << "CAP_CHOWN opens nothing";
  EXPECT_FALSE(parse_identity("Uid:\t1\t2\nGid:\t1\t1\t1\t1\n"));
  EXPECT_FALSE(parse_identity(""));
}

FileIdentity identity(uid_t uid, std::uint64_t capabilities = 0, bool other_namespace = false) {
  return {.uid = uid,
          .gid = uid,
          .groups = {},
          .capabilities = capabilities,
          .other_namespace = other_namespace,
          .proc = ""};
}

TEST(FileIdentity, OursMayBeMore) {
  EXPECT_TRUE(has_more_rights(identity(0, kFileCapabilities), identity(1000)));
  EXPECT_TRUE(has_more_rights(identity(0, kFileCapabilities), identity(0))) << "root without its capabilities";
  EXPECT_FALSE(has_more_rights(identity(0, kFileCapabilities), identity(0, kFileCapabilities)));
  EXPECT_TRUE(has_more_rights(identity(0, kFileCapabilities), identity(100000, kFileCapabilities, true)))
      << "its capabilities are good for its own namespace";
  EXPECT_FALSE(has_more_rights(identity(1000), identity(1000)));
  EXPECT_FALSE(has_more_rights(identity(1000), identity(1000, kFileCapabilities, true)));
  EXPECT_TRUE(has_more_rights(identity(1000), identity(1001)));
}

TEST(FileIdentity, ModesPermit) {
  struct stat file{};
  file.st_uid = 1000;
  file.st_gid = 50;
  file.st_mode = S_IFREG | 0640;
  EXPECT_TRUE(permits(identity(1000), file, 4));
  EXPECT_FALSE(permits(identity(1001), file, 4));
  FileIdentity member = identity(1001);
  member.groups = {7, 50};
  EXPECT_TRUE(permits(member, file, 4));
  file.st_mode = S_IFREG | 0604;
  EXPECT_FALSE(permits(member, file, 4)) << "the group's bits are the ones that count";
  EXPECT_TRUE(permits(identity(1001), file, 4));
  file.st_mode = S_IFREG | 0044;
  EXPECT_FALSE(permits(identity(1000), file, 4));
  file.st_mode = S_IFREG | 0600;
  EXPECT_TRUE(permits(identity(0, kFileCapabilities), file, 4));
  EXPECT_FALSE(permits(identity(0, kFileCapabilities, true), file, 4));
}

TEST(FileIdentity, NamesWhatItMayNotRead) {
  RefusedFiles refused;
  EXPECT_FALSE(refused.warning(identity(7)));
  refused.note("/root/app.zip/mod.py");
  refused.note("/root/app.zip");
  refused.note("/root");
  EXPECT_EQ(refused.warning(identity(7)),
            "user 7, to whom the core belongs, may not read /root/app.zip/mod.py: what they say of source lines and "
            "functions is missing");
  for (const char* path : {"/a", "/b", "/c"}) {
    refused.note(path);
  }
  EXPECT_NE(refused.warning(identity(7))->find("/a, /b and 1 more"), std::string::npos);
}

TEST(FileIdentity, OfAProcessLikeOursIsNotWeaker) {
  const testing::ChildProcess child(testing::sleep_for_good);
  EXPECT_FALSE(weaker_identity("/proc/" + std::to_string(child.pid())));
  EXPECT_FALSE(weaker_identity("/proc/0"));
}

// As root alone: nobody else can be somebody else.
TEST(FileIdentity, AHelperOpensWhatItsOwnerMay) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "not root";
  }
  const testing::TemporaryFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  std::filesystem::permissions(folder.add("open", "for all"), std::filesystem::perms(0644));
  std::filesystem::permissions(folder.add("closed", "for root"), std::filesystem::perms(0600));
  std::filesystem::permissions(folder.add("group", "for some"), std::filesystem::perms(0640));
  ASSERT_EQ(chown(folder.path("group").c_str(), 0, 4242), 0);
  FileIdentity other = identity(65534);
  other.root = folder.path();
  FileHelper helper(std::chrono::minutes(1), other);
  EXPECT_TRUE(*helper.open("", "/open"));
  EXPECT_FALSE(*helper.open("", "/group"));
  EXPECT_FALSE(*helper.open("", "/closed"));
  EXPECT_EQ(errno, EACCES);
  EXPECT_FALSE(*helper.open("", "/../../../../../../../../../etc/passwd"));
  other.groups = {4242};
  FileHelper of_group(std::chrono::minutes(1), other);
  EXPECT_TRUE(*of_group.open("", "/group"));
}

TEST(FileIdentity, NobodyWaitsForAServerThatWasNeverAsked) {
  EXPECT_FALSE(somebody_waits_for("9:999999"));
  EXPECT_FALSE(somebody_waits_for(""));
}

}  // namespace
}  // namespace stillframe::target
