#include "binary/debuginfod.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "binary/compiled_object.h"

namespace stillframe::binary {
namespace {

using testing::Workshop;

// The server that elfutils brings, on a port of this machine, for the files of one directory.
class Server {
 public:
  explicit Server(const Workshop& shop) : port_(free_port()) {
    pid_ = fork();
    if (pid_ == 0) {
      (void)!freopen(shop.path("server.log").c_str(), "w", stderr);
      (void)!freopen("/dev/null", "w", stdout);
      setenv("HOME", shop.path("").c_str(), 1);
      unsetenv("DEBUGINFOD_URLS");
      const std::string port = std::to_string(port_);
      execlp("debuginfod", "debuginfod", "-d", ":memory:", "-p", port.c_str(), "-F", shop.path("served").c_str(),
             nullptr);
      _exit(127);
    }
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  Server(Server&&) = delete;
  Server& operator=(Server&&) = delete;
  ~Server() {
    if (running()) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
  }

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] bool running() {
    ended_ = ended_ || waitpid(pid_, nullptr, WNOHANG) != 0;
    return !ended_;
  }

 private:
  static int free_port() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool bound = bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                       getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    close(fd);
    return bound ? ntohs(address.sin_port) : 0;
  }

  int port_;
  pid_t pid_ = -1;
  bool ended_ = false;
};

TEST(Debuginfod, FetchesWhatAServerHas) {
  const Workshop shop;
  shop.write("a.c", "int twice(int x) { return x * 2; }\n");
  shop.run(
      "mkdir served && gcc -g -O1 -shared -fPIC -Wl,--build-id=0x0123456789abcdef a.c -o whole.so && "
      "objcopy --only-keep-debug whole.so served/a.debug && strip whole.so -o lib.so");
  Server server(shop);
  setenv("DEBUGINFOD_TIMEOUT", "20", 1);
  // The server finds its files in its own time, and the client remembers for a while that one was not there.
  int fd = -1;
  for (int attempt = 0; attempt < 600 && fd < 0 && server.running(); ++attempt) {
    const std::string cache = shop.path("cache" + std::to_string(attempt));
    setenv("DEBUGINFOD_CACHE_PATH", cache.c_str(), 1);
    auto client = DebuginfodClient::open(server.url());
    ASSERT_TRUE(client);
    fd = client->find_debug_file("0123456789abcdef");
    ASSERT_FALSE(client->library_missing());
    if (fd < 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }
  ASSERT_GE(fd, 0) << shop.read("server.log");
  const auto symbols = testing::open_symbols(shop.path("lib.so"), {},
                                             [fd](const std::string&) { return fcntl(fd, F_DUPFD_CLOEXEC, 3); });
  EXPECT_EQ(testing::described(symbols->calls_at(testing::address_of(shop.path("whole.so"), "twice"), false)),
            std::vector<std::string>{"twice a.c:1"});
  close(fd);
}

TEST(Debuginfod, StopsWhenItIsToldTo) {
  const Workshop shop;
  // A server that takes the connection and says nothing.
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ASSERT_EQ(listen(fd, 8), 0);
  setenv("DEBUGINFOD_CACHE_PATH", shop.path("cache").c_str(), 1);
  setenv("DEBUGINFOD_TIMEOUT", "600", 1);
  auto client = DebuginfodClient::open("http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)));
  ASSERT_TRUE(client);
  int calls = 0;
  client->on_progress([&](long, long) { return ++calls < 2; });
  EXPECT_EQ(client->find_debug_file("00112233"), -1);
  EXPECT_TRUE(client->cancelled());
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(client->find_debug_file("44556677"), -1) << "and asks for nothing more";
  EXPECT_EQ(calls, 2);
  close(fd);
}

TEST(Debuginfod, AsksNobodyWithoutServers) {
  EXPECT_FALSE(DebuginfodClient::open(""));
  EXPECT_FALSE(DebuginfodClient::open(" \n"));
}

TEST(Debuginfod, RefusesWhatIsNoBuildId) {
  auto client = DebuginfodClient::open("http://127.0.0.1:1");
  ASSERT_TRUE(client);
  EXPECT_EQ(client->find_debug_file(""), -1);
  EXPECT_EQ(client->find_debug_file("../../etc"), -1);
  EXPECT_FALSE(client->library_missing()) << "it was not even looked for";
}

TEST(Debuginfod, KnowsTheServersOfTheUserAndOfTheDistribution) {
  const Workshop shop;
  shop.write("urls/b.urls", "https://two.example/\n");
  shop.write("urls/a.urls", "https://one.example/ https://more.example/\n");
  shop.write("urls/c.txt", "https://not.example/\n");
  unsetenv("DEBUGINFOD_URLS");
  EXPECT_EQ(debuginfod_urls(shop.path("urls")), "https://one.example/ https://more.example/ https://two.example/");
  EXPECT_EQ(debuginfod_urls(shop.path("no such")), "");
  setenv("DEBUGINFOD_URLS", "https://mine.example/", 1);
  EXPECT_EQ(debuginfod_urls(shop.path("urls")), "https://mine.example/");
  setenv("DEBUGINFOD_URLS", "", 1);
  EXPECT_EQ(debuginfod_urls(shop.path("urls")), "") << "switched off";
}

}  // namespace
}  // namespace stillframe::binary
