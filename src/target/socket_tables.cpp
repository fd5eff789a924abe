#include "target/socket_tables.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "target/text_scanner.h"

namespace stillframe::target {
namespace {

// What is not found in so much of a table is not looked for further.
constexpr std::size_t kMostOfTable = std::size_t{32} << 20U;
constexpr std::size_t kLongestLine = 4096;

// include/net/tcp_states.h, from 1 on; in the words of ss(8) where there is no plainer one.
constexpr std::array<std::string_view, 12> kTcpStates{"established",
                                                      "connecting",
                                                      "handshake not finished",
                                                      "fin-wait-1",
                                                      "fin-wait-2",
                                                      "time-wait",
                                                      "closed",
                                                      "closed by the peer",
                                                      "last-ack",
                                                      "listening",
                                                      "closing",
                                                      "handshake not finished"};

// "0100007F", or four such words for IPv6: each is a word of the address as this machine reads it.
std::optional<std::string> address_in_words(std::string_view hex) {
  std::array<std::uint32_t, 4> words{};
  const std::size_t count = hex.size() / 8;
  if (hex.size() % 8 != 0 || (count != 1 && count != 4)) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view word = hex.substr(i * 8, 8);
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), words.at(i), 16);
    if (error != std::errc{} || end != word.data() + word.size()) {
      return std::nullopt;
    }
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool six = count == 4;
  if (inet_ntop(six ? AF_INET6 : AF_INET, words.data(), text.data(), text.size()) == nullptr) {
    return std::nullopt;
  }
  return six ? fmt::format("[{}]", text.data()) : std::string(text.data());
}

// "0100007F:821B".
std::optional<std::string> endpoint(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  const auto address = address_in_words(text.substr(0, colon));
  const std::uint64_t port = Scanner(text.substr(colon + 1)).number(16);
  return address ? std::optional(fmt::format("{}:{}", *address, port)) : std::nullopt;
}

bool is_unset(std::string_view endpoint) {
  return endpoint.find_first_not_of("0:") == std::string_view::npos;
}

}  // namespace

std::optional<std::string> tcp_state_in_words(std::uint64_t state) {
  const bool known = state >= 1 && state <= kTcpStates.size();
  return known ? std::optional(std::string(kTcpStates.at(state - 1))) : std::nullopt;
}

std::optional<std::pair<std::uint64_t, Socket>> parse_inet_socket(std::string_view line, bool tcp) {
  Scanner scanner(line);
  scanner.word();  // the number of the line
  const std::string_view local = scanner.word();
  const std::string_view peer = scanner.word();
  const std::uint64_t state = scanner.number(16);
  for (int i = 0; i < 5; ++i) {
    scanner.word();  // queues, timer, retransmits, uid, timeout
  }
  const std::uint64_t inode = scanner.number(10);
  Socket socket{.local = endpoint(local)};
  if (!socket.local || inode == 0) {
    return std::nullopt;
  }
  if (!is_unset(peer)) {
    socket.peer = endpoint(peer);
  }
  if (tcp) {
    socket.state = tcp_state_in_words(state);
  }
  return std::pair{inode, std::move(socket)};
}

std::optional<std::pair<std::uint64_t, Socket>> parse_unix_socket(std::string_view line) {
  Scanner scanner(line);
  scanner.word();  // an address of the kernel
  scanner.word();  // references
  scanner.word();  // protocol
  const std::uint64_t flags = scanner.number(16);
  scanner.word();  // type
  const std::uint64_t state = scanner.number(16);
  const std::uint64_t inode = scanner.number(10);
  if (inode == 0) {
    return std::nullopt;
  }
  Socket socket;
  scanner.skip_blanks();
  if (!scanner.rest().empty()) {
    socket.path = scanner.rest();
  }
  constexpr std::uint64_t accepts = 0x10000;  // __SO_ACCEPTCON
  constexpr std::uint64_t connecting = 2;     // enum socket_state of include/uapi/linux/net.h
  constexpr std::uint64_t connected = 3;
  if ((flags & accepts) != 0) {
    socket.state = "listening";
  } else if (state == connecting || state == connected) {
    socket.state = state == connected ? "connected" : "connecting";
  }
  return std::pair{inode, std::move(socket)};
}

SocketTable::SocketTable(const std::string& path, std::string_view protocol)
    : file_(open(path.c_str(), O_RDONLY | O_CLOEXEC)), unix_(protocol == "unix"), tcp_(protocol.starts_with("tcp")) {}

void SocketTable::take_line(std::string_view line) {
  if (auto found = unix_ ? parse_unix_socket(line) : parse_inet_socket(line, tcp_)) {
    sockets_.insert(std::move(*found));
  }
}

bool SocketTable::read_more() {
  std::array<char, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): read fills it
  const ssize_t got = file_ && read_ < kMostOfTable ? read(file_.fd(), buffer.data(), buffer.size()) : 0;
  if (got <= 0) {
    return false;
  }
  read_ += static_cast<std::size_t>(got);
  rest_.append(buffer.data(), static_cast<std::size_t>(got));
  const auto last = rest_.rfind('\n');
  if (last == std::string::npos) {
    return rest_.size() <= kLongestLine;
  }
  each_line(std::string_view(rest_).substr(0, last), [&](std::string_view line) {
    take_line(line);
    return true;
  });
  rest_.erase(0, last + 1);
  return true;
}

std::optional<Socket> SocketTable::find(std::uint64_t inode) {
  while (true) {
    if (const auto known = sockets_.find(inode); known != sockets_.end()) {
      return known->second;
    }
    if (!read_more()) {
      return std::nullopt;
    }
  }
}

}  // namespace stillframe::target
