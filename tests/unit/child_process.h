// A process of the test's own that stands still where the test wants it: the target of the tests of live reading.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>
#include <utility>

namespace stillframe::testing {

class ChildProcess {
 public:
  // Runs `body` in a child process and returns when it calls the function that it is given: ready. The child ends with
  // `body`, or when the test is done with it.
  explicit ChildProcess(const std::function<void(const std::function<void()>&)>& body) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) {
      return;
    }
    pid_ = fork();
    if (pid_ == 0) {
      close(ends[0]);
      body([&] { (void)!write(ends[1], "r", 1); });
      _exit(0);
    }
    close(ends[1]);
    char letter = 0;
    ready_ = read(ends[0], &letter, 1) == 1;
    close(ends[0]);
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ChildProcess(ChildProcess&&) = delete;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess() { end(); }

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool ready() const { return ready_; }
  // Kills it and waits for its end.
  void end() {
    if (pid_ > 0 && !ended_) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
      ended_ = true;
    }
  }

 private:
  pid_t pid_ = -1;
  bool ready_ = false;
  bool ended_ = false;
};

// For a body: ready, and then asleep for good.
inline void sleep_for_good(const std::function<void()>& ready) {
  ready();
  while (true) {
    pause();
  }
}

}  // namespace stillframe::testing
