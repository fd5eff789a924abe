#include "target/inet_socket.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "target/socket_tables.h"
#include "target/target.h"

namespace stillframe::target {
namespace {

std::uint64_t inode_of(const FileHandle& file) {
  struct stat status{};
  EXPECT_EQ(fstat(file.fd(), &status), 0);
  return status.st_ino;
}

// Bound to 127.0.0.1 and a port of the system's choice.
FileHandle make_server(sockaddr_in& address) {
  FileHandle server(socket(AF_INET, SOCK_STREAM, 0));
  address = {.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(server.fd(), reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(listen(server.fd(), 1), 0);
  EXPECT_EQ(getsockname(server.fd(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  return server;
}

TEST(AskInetSocket, SaysTheSameAsTheTables) {
  sockaddr_in address{};
  const FileHandle server = make_server(address);
  const FileHandle client(socket(AF_INET, SOCK_STREAM, 0));
  ASSERT_EQ(connect(client.fd(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  SocketTable table("/proc/self/net/tcp", "tcp");
  for (const FileHandle* one : {&server, &client}) {
    const auto asked = ask_inet_socket(getpid(), one->fd(), inode_of(*one));
    const auto found = table.find(inode_of(*one));
    ASSERT_TRUE(asked && found);
    EXPECT_EQ(asked->local, found->local);
    EXPECT_EQ(asked->peer, found->peer);
    EXPECT_EQ(asked->state, found->state);
  }
  const auto listening = ask_inet_socket(getpid(), server.fd(), inode_of(server));
  EXPECT_EQ(listening->local, fmt::format("127.0.0.1:{}", ntohs(address.sin_port)));
  EXPECT_EQ(listening->state, "listening");
  EXPECT_FALSE(listening->peer);
}

TEST(AskInetSocket, IsNotDeceivedByAnotherFileOfThatNumber) {
  sockaddr_in address{};
  const FileHandle server = make_server(address);
  EXPECT_FALSE(ask_inet_socket(getpid(), server.fd(), inode_of(server) + 1));
  EXPECT_FALSE(ask_inet_socket(getpid(), 999'999, inode_of(server)));
  EXPECT_FALSE(ask_inet_socket(-1, server.fd(), inode_of(server)));
}

}  // namespace
}  // namespace stillframe::target
