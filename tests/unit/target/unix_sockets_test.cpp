#include "target/unix_sockets.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include "core_builder.h"

namespace stillframe::target {
namespace {

std::uint64_t socket_inode_of(const FileHandle& file) {
  struct stat status{};
  return fstat(file.fd(), &status) == 0 ? status.st_ino : 0;
}

// A socket that listens under that name; one that begins with a zero is no path.
FileHandle server(const std::string& name) {
  FileHandle socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  std::memcpy(&address.sun_path, name.data(), std::min(name.size(), sizeof address.sun_path));
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  EXPECT_EQ(bind(socket.fd(), reinterpret_cast<const sockaddr*>(&address), size), 0);
  EXPECT_EQ(listen(socket.fd(), 1), 0);
  return socket;
}

TEST(UnixSockets, ThoseOfAPairAreEachOthersPeers) {
  std::array<int, 2> ends{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  const FileHandle one(ends[0]);
  FileHandle other(ends[1]);
  UnixSockets sockets;
  const auto found = sockets.find(socket_inode_of(one));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->peer_inode, socket_inode_of(other));
  EXPECT_EQ(found->state, "connected");
  EXPECT_FALSE(found->path);
  EXPECT_EQ(sockets.find(socket_inode_of(other))->peer_inode, socket_inode_of(one));
  other = FileHandle();
  EXPECT_FALSE(sockets.find(socket_inode_of(one))->peer_inode);
}

TEST(UnixSockets, HaveThePathTheyWereBoundTo) {
  const testing::TemporaryFolder folder;
  const std::string path = folder.path() + "/door";
  const FileHandle bound = server(path);
  const auto found = UnixSockets().find(socket_inode_of(bound));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->path, path);
  EXPECT_EQ(found->state, "listening");
  EXPECT_FALSE(found->peer_inode);
}

TEST(UnixSockets, NamesThatAreNoPathsAreWrittenAsTheTableWritesThem) {
  const std::string name = "stillframe " + std::to_string(getpid());
  const FileHandle bound = server(std::string(1, '\0') + name);
  EXPECT_EQ(UnixSockets().find(socket_inode_of(bound))->path, "@" + name);
}

TEST(UnixSockets, NothingWhereThereIsNone) {
  UnixSockets sockets;
  EXPECT_FALSE(sockets.find(std::uint64_t{1} << 40U));
  const FileHandle file(open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_FALSE(sockets.find(socket_inode_of(file) + (std::uint64_t{1} << 31U)));
}

// What is cut anywhere gives nothing, or what stands before the cut.
TEST(ParseUnixAnswer, BytesOfAnyKind) {
  EXPECT_FALSE(parse_unix_answer({}, 7));
  for (std::size_t size = 0; size < 256; ++size) {
    for (const int fill : {0, 1, 0xFF}) {
      const std::vector<std::byte> answer(size, static_cast<std::byte>(fill));
      EXPECT_FALSE(parse_unix_answer(answer, 7));
    }
  }
}

}  // namespace
}  // namespace stillframe::target
