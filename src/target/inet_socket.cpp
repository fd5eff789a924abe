#include "target/inet_socket.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "target/socket_tables.h"
#include "target/target.h"

namespace stillframe::target {
namespace {

using NameOf = int (*)(int, sockaddr*, socklen_t*);

std::optional<std::string> address_of(int fd, NameOf name_of) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  // The socket API takes every address as a sockaddr.
  if (name_of(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) {
    return std::nullopt;
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (storage.ss_family == AF_INET) {
    sockaddr_in four{};
    std::memcpy(&four, &storage, sizeof four);
    inet_ntop(AF_INET, &four.sin_addr, text.data(), text.size());
    return fmt::format("{}:{}", text.data(), ntohs(four.sin_port));
  }
  if (storage.ss_family == AF_INET6) {
    sockaddr_in6 six{};
    std::memcpy(&six, &storage, sizeof six);
    inet_ntop(AF_INET6, &six.sin6_addr, text.data(), text.size());
    return fmt::format("[{}]:{}", text.data(), ntohs(six.sin6_port));
  }
  return std::nullopt;
}

std::optional<std::string> state_of(int fd) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) {
    return std::nullopt;
  }
  return tcp_state_in_words(info.tcpi_state);
}

}  // namespace

std::optional<Socket> ask_inet_socket(std::int64_t pid, int fd, std::uint64_t inode) {
#if defined(SYS_pidfd_open) && defined(SYS_pidfd_getfd)
  const FileHandle process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!process) {
    return std::nullopt;
  }
  const FileHandle file(static_cast<int>(syscall(SYS_pidfd_getfd, process.fd(), fd, 0)));
  struct stat status{};
  if (!file || fstat(file.fd(), &status) != 0 || !S_ISSOCK(status.st_mode) || status.st_ino != inode) {
    return std::nullopt;
  }
  Socket socket{.local = address_of(file.fd(), getsockname)};
  socket.peer = address_of(file.fd(), getpeername);
  socket.state = state_of(file.fd());
  return socket.local ? std::optional(std::move(socket)) : std::nullopt;
#else
  static_cast<void>(pid), static_cast<void>(fd), static_cast<void>(inode);
  return std::nullopt;
#endif
}

}  // namespace stillframe::target
