// The socket tables of a network namespace: /proc/PID/net/tcp, tcp6, udp, udp6 and unix.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "target/target.h"

namespace stillframe::target {

// "established" for 1 (include/net/tcp_states.h); nothing for a number that is no state.
std::optional<std::string> tcp_state_in_words(std::uint64_t state);

// A line of tcp, tcp6, udp or udp6: inode and socket; nothing for the heading and for what makes no sense.
std::optional<std::pair<std::uint64_t, Socket>> parse_inet_socket(std::string_view line, bool tcp);

// A line of unix.
std::optional<std::pair<std::uint64_t, Socket>> parse_unix_socket(std::string_view line);

// One table, read only as far as it is needed: on a busy machine it has a hundred thousand lines.
class SocketTable {
 public:
  // `path` of the table, `protocol` its name ("tcp6").
  SocketTable(const std::string& path, std::string_view protocol);

  std::optional<Socket> find(std::uint64_t inode);

 private:
  bool read_more();
  void take_line(std::string_view line);

  FileHandle file_;
  bool unix_ = false;
  bool tcp_ = false;
  std::size_t read_ = 0;
  std::string rest_;  // an unfinished line
  std::unordered_map<std::uint64_t, Socket> sockets_;
};

}  // namespace stillframe::target
