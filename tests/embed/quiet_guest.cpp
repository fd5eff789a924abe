// Whether the library leaves the process that it runs in alone: quiet_guest PID [all]
// Writes what the own process was like before, while and after it looked at another one.
#include <stillframe/session.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <set>
#include <string>
#include <thread>

namespace {

std::string describe() {
  struct sigaction bus{};
  sigaction(SIGBUS, nullptr, &bus);
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  const std::string path = "/proc/self/task/" + std::to_string(getpid()) + "/children";
  std::ifstream children(path);
  std::string child;
  children >> child;
  std::string text = bus.sa_handler == SIG_DFL ? "SIGBUS default" : "SIGBUS handled";
  text += ", limit " + std::to_string(files.rlim_cur);
  text += child.empty() ? ", no children" : ", children";
  const char* const urls = std::getenv("DEBUGINFOD_URLS");
  return text + (urls == nullptr ? ", no servers" : ", servers");
}

stillframe::Result<stillframe::Still> look(std::int64_t pid, const stillframe::Host& host) {
  auto session = stillframe::Session::open(pid, host);
  return session ? session->still({.native = stillframe::NativeFrames::all}) : std::unexpected(session.error());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    return 2;
  }
  const rlimit low{.rlim_cur = 256, .rlim_max = 4096};
  setrlimit(RLIMIT_NOFILE, &low);
  unsetenv("DEBUGINFOD_URLS");
  std::cout << "before: " << describe() << '\n';
  std::set<std::string> meanwhile;
  std::atomic<bool> over = false;
  std::thread witness([&] {
    while (!over) {
      meanwhile.insert(describe());
    }
  });
  const stillframe::Host host = argc > 2 ? stillframe::Host::everything() : stillframe::Host{};
  const auto still = look(std::atoll(argv[1]), host);
  over = true;
  witness.join();
  if (!still) {
    std::cerr << still.error().stopper << '\n';
    return 1;
  }
  for (const std::string& state : meanwhile) {
    std::cout << "while: " << state << '\n';
  }
  std::cout << "after: " << describe() << '\n';
  for (const stillframe::Thread& thread : still->threads) {
    for (const stillframe::Frame& frame : thread.frames) {
      std::cout << "call: " << frame.function << '\n';
    }
  }
}
