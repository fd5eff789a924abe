#include "target/unix_peer.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <limits>
#include <span>

#include "target/target.h"

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
                      .udiag_show = UDIAG_SHOW_PEER,
                      .udiag_cookie = {~0U, ~0U}};
  return send(link.fd(), &request, sizeof request, 0) == static_cast<ssize_t>(sizeof request);
}

// The attribute UNIX_DIAG_PEER of an answer.
std::optional<std::uint64_t> peer_in(std::span<const std::byte> answer) {
  nlmsghdr head{};
  constexpr std::size_t body = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(unix_diag_msg));
  if (answer.size() < body) {
    return std::nullopt;
  }
  std::memcpy(&head, answer.data(), sizeof head);
  if (head.nlmsg_type != SOCK_DIAG_BY_FAMILY || head.nlmsg_len > answer.size()) {
    return std::nullopt;
  }
  auto rest = answer.first(head.nlmsg_len);
  rest = rest.subspan(std::min(body, rest.size()));
  while (rest.size() >= sizeof(rtattr)) {
    rtattr attribute{};
    std::memcpy(&attribute, rest.data(), sizeof attribute);
    if (attribute.rta_len < sizeof attribute || attribute.rta_len > rest.size()) {
      return std::nullopt;
    }
    if (attribute.rta_type == UNIX_DIAG_PEER && attribute.rta_len >= RTA_LENGTH(sizeof(std::uint32_t))) {
      std::uint32_t peer = 0;
      std::memcpy(&peer, rest.data() + RTA_LENGTH(0), sizeof peer);
      return peer != 0 ? std::optional<std::uint64_t>(peer) : std::nullopt;  // 0: it has been closed
    }
    rest = rest.subspan(std::min<std::size_t>(RTA_ALIGN(attribute.rta_len), rest.size()));
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> unix_peer(std::uint64_t inode) {
  const FileHandle link(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  if (!link || inode > std::numeric_limits<std::uint32_t>::max() || !ask(link, static_cast<std::uint32_t>(inode))) {
    return std::nullopt;
  }
  // The kernel answers before send() returns; where it did not, there is nothing to wait for.
  std::array<std::byte, 4096> answer{};
  const ssize_t got = recv(link.fd(), answer.data(), answer.size(), MSG_DONTWAIT);
  return got > 0 ? peer_in(std::span(answer).first(static_cast<std::size_t>(got))) : std::nullopt;
}

}  // namespace stillframe::target
