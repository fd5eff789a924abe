// The Unix sockets of our own network namespace, which the kernel tells of one at a time (sock_diag(7)): the table
// /proc/net/unix has the same, and as many lines as the machine has such sockets, but not who is connected to whom.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "target/surroundings.h"
#include "target/target.h"

namespace stillframe::target {

// An answer of the kernel about the socket with this inode; nothing where it is another one.
std::optional<Socket> parse_unix_answer(std::span<const std::byte> answer, std::uint64_t inode);

class UnixSockets {
 public:
  // Nothing where there is no such socket, or where the kernel does not answer such questions.
  std::optional<Socket> find(std::uint64_t inode);

 private:
  FileHandle link_;  // opened for the first question
};

}  // namespace stillframe::target
