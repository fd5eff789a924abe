#include "target/mounts.h"

#include <gtest/gtest.h>

#include <string>

namespace stillframe::target {
namespace {

constexpr std::string_view kText =
    "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
    "40 22 0:39 / /home/me/far\\040away rw,relatime - fuse.sshfs me@host:/srv rw,user_id=0\n"
    "41 22 0:40 / /srv/data rw shared:2 master:3 - nfs4 host:/export rw,hard\n"
    "42 41 8:2 / /srv/data/local rw - xfs /dev/sdb1 rw\n"
    "43 22 0:41 / /proc rw - fusectl none rw\n"
    "torn\n";

TEST(Mounts, AreReadWithTheirNames) {
  const auto mounts = parse_mounts(kText);
  ASSERT_EQ(mounts.size(), 5U);
  EXPECT_EQ(mounts[1].point, "/home/me/far away");
  EXPECT_EQ(mounts[1].device, "0:39");
  EXPECT_EQ(mounts[1].type, "fuse.sshfs");
  EXPECT_EQ(mounts[1].source, "me@host:/srv");
  EXPECT_EQ(mounts[2].type, "nfs4");
  EXPECT_TRUE(parse_mounts("").empty());
  EXPECT_EQ(parse_mounts("1 2 3 / /a\\04 rw - t s\n").at(0).point, "/a\\04") << "no escape";
}

TEST(Mounts, WhichOfThemAskAServer) {
  const auto mounts = parse_mounts(kText);
  EXPECT_FALSE(asks_a_server(mounts[0]));
  EXPECT_TRUE(asks_a_server(mounts[1]));
  EXPECT_TRUE(asks_a_server(mounts[2]));
  EXPECT_FALSE(asks_a_server(mounts[3]));
  EXPECT_FALSE(asks_a_server(mounts[4]));
}

TEST(Mounts, TheNearestOneAboveAPath) {
  auto mounts = parse_mounts(kText);
  EXPECT_EQ(mount_of(mounts, "/srv/app.py"), mounts.data());
  EXPECT_EQ(mount_of(mounts, "/srv/database"), mounts.data());
  EXPECT_EQ(mount_of(mounts, "/srv/data"), &mounts[2]);
  EXPECT_EQ(mount_of(mounts, "/srv/data/set.csv"), &mounts[2]);
  EXPECT_EQ(mount_of(mounts, "/srv/data/local/set.csv"), &mounts[3]);
  mounts.push_back({.point = "/srv/data", .type = "tmpfs", .source = "none"});
  EXPECT_EQ(mount_of(mounts, "/srv/data/set.csv"), &mounts.back()) << "it hides the older one";
  EXPECT_EQ(mount_of({}, "/srv"), nullptr);
}

}  // namespace
}  // namespace stillframe::target
