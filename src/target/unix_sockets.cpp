#include "target/unix_sockets.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <string>

namespace stillframe::target {
namespace {

bool ask(const FileHandle& link, std::uint32_t inode) {
  struct {
    nlmsghdr head;
    unix_diag_req question;
  } request{};
  request.head = {.nlmsg_len = sizeof request, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST};
  request.question = {.sdiag_family = AF_UNIX,
                      .udiag_states = ~0U,
                      .udiag_ino = inode,
                      .udiag_show = UDIAG_SHOW_PEER | UDIAG_SHOW_NAME,
                      .udiag_cookie = {~0U, ~0U}};
  return send(link.fd(), &request, sizeof request, 0) == static_cast<ssize_t>(sizeof request);
}

// A path ends with a zero. A name that is none begins with one, and is shown as /proc/net/unix shows it: each as "@".
std::string name_in(std::span<const std::byte> raw) {
  std::string name(raw.size(), '\0');
  std::memcpy(name.data(), raw.data(), raw.size());
  if (!name.starts_with('\0') && name.ends_with('\0')) {
    name.pop_back();
  }
  std::ranges::replace(name, '\0', '@');
  return name;
}

void take(const rtattr& attribute, std::span<const std::byte> value, Socket& socket) {
  if (attribute.rta_type == UNIX_DIAG_NAME && !value.empty()) {
    socket.path = name_in(value);
  } else if (attribute.rta_type == UNIX_DIAG_PEER && value.size() >= sizeof(std::uint32_t)) {
    std::uint32_t peer = 0;
    std::memcpy(&peer, value.data(), sizeof peer);
    if (peer != 0) {  // 0: it has been closed
      socket.peer_inode = peer;
    }
  }
}

}  // namespace

std::optional<Socket> parse_unix_answer(std::span<const std::byte> answer, std::uint64_t inode) {
  constexpr std::size_t body = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(unix_diag_msg));
  if (answer.size() < body) {
    return std::nullopt;
  }
  nlmsghdr head{};
  std::memcpy(&head, answer.data(), sizeof head);
  unix_diag_msg message{};
  std::memcpy(&message, answer.data() + NLMSG_HDRLEN, sizeof message);
  if (head.nlmsg_type != SOCK_DIAG_BY_FAMILY || head.nlmsg_len > answer.size() || message.udiag_ino != inode) {
    return std::nullopt;
  }
  Socket socket;
  if (message.udiag_state == TCP_LISTEN || message.udiag_state == TCP_ESTABLISHED) {
    socket.state = message.udiag_state == TCP_LISTEN ? "listening" : "connected";
  }
  auto rest = answer.first(head.nlmsg_len);
  rest = rest.subspan(std::min(body, rest.size()));
  while (rest.size() >= sizeof(rtattr)) {
    rtattr attribute{};
    std::memcpy(&attribute, rest.data(), sizeof attribute);
    if (attribute.rta_len < RTA_LENGTH(0) || attribute.rta_len > rest.size()) {
      return std::nullopt;
    }
    take(attribute, rest.first(attribute.rta_len).subspan(RTA_LENGTH(0)), socket);
    rest = rest.subspan(std::min<std::size_t>(RTA_ALIGN(attribute.rta_len), rest.size()));
  }
  return socket;
}

std::optional<Socket> UnixSockets::find(std::uint64_t inode) {
  if (!link_) {
    link_ = FileHandle(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  }
  if (!link_ || inode > std::numeric_limits<std::uint32_t>::max() || !ask(link_, static_cast<std::uint32_t>(inode))) {
    return std::nullopt;
  }
  // The kernel answers before send() returns; where it did not, there is nothing to wait for.
  std::array<std::byte, 4096> answer{};
  const ssize_t got = recv(link_.fd(), answer.data(), answer.size(), MSG_DONTWAIT);
  return got > 0 ? parse_unix_answer(std::span(answer).first(static_cast<std::size_t>(got)), inode) : std::nullopt;
}

}  // namespace stillframe::target
