// Which Unix socket is at the other end of one.
#pragma once

#include <cstdint>
#include <optional>

namespace stillframe::target {

// The inode of the socket that the one with this inode is connected to; only of sockets in our own network namespace
// (sock_diag(7)).
std::optional<std::uint64_t> unix_peer(std::uint64_t inode);

}  // namespace stillframe::target
