// Supplies the memory itself: that of a process which SIGSTOP keeps still, read through /proc/PID/mem. It could as well
// come from a virtual machine or out of a file of another format: own_memory PID
#include <fcntl.h>
#include <stillframe/session.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

namespace {

class ProcMemory final : public stillframe::MemorySource {
 public:
  explicit ProcMemory(const std::string& pid) : fd_(open(("/proc/" + pid + "/mem").c_str(), O_RDONLY | O_CLOEXEC)) {}
  ProcMemory(const ProcMemory&) = delete;
  ProcMemory& operator=(const ProcMemory&) = delete;
  ProcMemory(ProcMemory&&) = delete;
  ProcMemory& operator=(ProcMemory&&) = delete;
  ~ProcMemory() override { close(fd_); }

  stillframe::memory::Read<void> read(stillframe::memory::Address address, std::span<std::byte> into) const override {
    const ssize_t got = pread(fd_, into.data(), into.size(), static_cast<off_t>(address));
    if (got < 0 || static_cast<std::size_t>(got) != into.size()) {
      return std::unexpected(stillframe::Fault{.address = address, .reason = stillframe::FaultReason::unmapped});
    }
    return {};
  }

 private:
  int fd_;
};

// "7f31c000-7f31d000 r-xp 00001000 fe:01 1311 /usr/bin/python3.11"
std::vector<stillframe::Mapping> read_mappings(const std::string& pid) {
  std::vector<stillframe::Mapping> mappings;
  std::ifstream maps("/proc/" + pid + "/maps");
  for (std::string line; std::getline(maps, line);) {
    std::istringstream fields(line);
    stillframe::Mapping mapping;
    std::string rights;
    std::string device;
    char dash = 0;
    fields >> std::hex >> mapping.begin >> dash >> mapping.end >> rights >> mapping.offset >> device >> std::dec >>
        mapping.inode >> std::ws;
    std::getline(fields, mapping.path);
    mapping.readable = rights.starts_with('r');
    mapping.writable = rights.contains('w');
    mapping.executable = rights.contains('x');
    mappings.push_back(std::move(mapping));
  }
  return mappings;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string pid = argc > 1 ? argv[1] : "self";
  stillframe::CallerMemory given;
  given.memory = std::make_shared<ProcMemory>(pid);
  given.mappings = read_mappings(pid);
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + pid + "/task")) {
    given.threads.push_back({.tid = std::atoll(task.path().filename().c_str())});
  }
  given.open_file = [&](const std::string& path) {
    return open(("/proc/" + pid + "/root" + path).c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  };
  given.name = "process " + pid;
  auto session = stillframe::Session::open(std::move(given));
  const auto still = session ? session->still({.locals = true}) : std::unexpected(session.error());
  if (!still) {
    std::cerr << still.error().stopper << '\n';
    return 1;
  }
  std::cout << "Python " << (still->python ? still->python->version : "?") << '\n';
  for (const stillframe::Thread& thread : still->threads) {
    std::cout << "thread " << thread.tid.value_or(0) << '\n';
    for (const stillframe::Frame& frame : thread.frames) {
      std::cout << frame.function << ':' << frame.line.value_or(0);
      for (const stillframe::Value& value : frame.arguments.value_or(std::vector<stillframe::Value>())) {
        std::cout << ' ' << value.name << '=' << value.value;
      }
      std::cout << '\n';
    }
  }
}
