#include "target/socket_tables.h"

#include <gtest/gtest.h>

#include "core_builder.h"

namespace stillframe::target {
namespace {

constexpr std::string_view kListening =
    "   1: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 3999953 1 0 100 0 0 10 "
    "0";
constexpr std::string_view kEstablished =
    "   2: 0300000A:C822 0900000A:1538 01 00000000:00000000 00:00000000 00000000     0        0 41 1 0 20 4 30 10 -1";
constexpr std::string_view kSix =
    "   0: 00000000000000000000000001000000:1F40 00000000000000000000000000000000:0000 0A 00000000:00000000 "
    "00:00000000 "
    "00000000     0        0 42 1 0 100 0 0 10 0";

TEST(ParseInetSocket, ReadsAddressesAndState) {
  const auto listening = parse_inet_socket(kListening, true);
  ASSERT_TRUE(listening);
  EXPECT_EQ(listening->first, 3999953U);
  EXPECT_EQ(listening->second.local, "127.0.0.1:8000");
  EXPECT_FALSE(listening->second.peer);
  EXPECT_EQ(listening->second.state, "listening");
  const auto established = parse_inet_socket(kEstablished, true);
  ASSERT_TRUE(established);
  EXPECT_EQ(established->second.local, "10.0.0.3:51234");
  EXPECT_EQ(established->second.peer, "10.0.0.9:5432");
  EXPECT_EQ(established->second.state, "established");
  const auto six = parse_inet_socket(kSix, true);
  ASSERT_TRUE(six);
  EXPECT_EQ(six->second.local, "[::1]:8000");
  EXPECT_FALSE(six->second.peer);
}

TEST(ParseInetSocket, SaysNoStateOfUdp) {
  EXPECT_FALSE(parse_inet_socket(kEstablished, false)->second.state);
}

TEST(ParseInetSocket, PassesOverWhatMakesNoSense) {
  EXPECT_FALSE(parse_inet_socket("  sl  local_address rem_address   st tx_queue rx_queue", true));
  EXPECT_FALSE(parse_inet_socket("", true));
  EXPECT_FALSE(parse_inet_socket("1: 0100007F 0:0 0A 0 0 0 0 0 7", true)) << "no port";
  EXPECT_FALSE(parse_inet_socket("1: 01zz007F:1 0:0 0A 0 0 0 0 0 7", true));
  EXPECT_FALSE(parse_inet_socket("1: 0100007F:1 0:0 0A 0:0 0:0 0 0 0 0", true)) << "an inode of 0 belongs to no file";
}

TEST(ParseUnixSocket, ReadsNameAndState) {
  const auto listening =
      parse_unix_socket("000000009e09f1ea: 00000002 00000000 00010000 0001 01 3999956 /tmp/a name.sock");
  ASSERT_TRUE(listening);
  EXPECT_EQ(listening->first, 3999956U);
  EXPECT_EQ(listening->second.path, "/tmp/a name.sock");
  EXPECT_EQ(listening->second.state, "listening");
  const auto connected = parse_unix_socket("00000000c72db6a2: 00000003 00000000 00000000 0001 03 3999954");
  ASSERT_TRUE(connected);
  EXPECT_FALSE(connected->second.path);
  EXPECT_EQ(connected->second.state, "connected");
  EXPECT_FALSE(parse_unix_socket("Num       RefCount Protocol Flags    Type St Inode Path"));
  EXPECT_FALSE(parse_unix_socket(""));
}

TEST(SocketTable, IsReadAsFarAsNeeded) {
  const testing::TemporaryFolder folder;
  std::string text = "  sl  local_address rem_address   st\n";
  constexpr std::size_t lines = 5000;  // more than one piece
  for (std::size_t i = 0; i < lines; ++i) {
    text += "   1: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 " +
            std::to_string(1000 + i) + " 1\n";
  }
  text += kEstablished;
  text += '\n';
  SocketTable table(folder.add("tcp", text), "tcp");
  EXPECT_EQ(table.find(41)->peer, "10.0.0.9:5432");
  EXPECT_EQ(table.find(1000)->local, "127.0.0.1:8000");
  EXPECT_EQ(table.find(1000 + lines - 1)->local, "127.0.0.1:8000");
  EXPECT_FALSE(table.find(7));
  EXPECT_FALSE(SocketTable(folder.path() + "/missing", "tcp").find(7));
}

TEST(SocketTable, EndsAtALineThatNeverEnds) {
  const testing::TemporaryFolder folder;
  SocketTable table(folder.add("unix", std::string(1U << 20U, 'x')), "unix");
  EXPECT_FALSE(table.find(7));
}

}  // namespace
}  // namespace stillframe::target
