// A TCP or UDP socket of another process, asked itself.
#pragma once

#include <cstdint>
#include <optional>

#include "target/surroundings.h"

namespace stillframe::target {

// What the socket behind a descriptor of a process says of itself, through a second descriptor for it that is held for
// the moment of asking (pidfd_getfd(2), Linux 5.6). The socket tables say the same, but a search of them takes the
// kernel tens of milliseconds where its hash table is large, however few sockets there are. Nothing where the system
// does not allow it, and where the descriptor no longer is the socket with this inode.
std::optional<Socket> ask_inet_socket(std::int64_t pid, int fd, std::uint64_t inode);

}  // namespace stillframe::target
