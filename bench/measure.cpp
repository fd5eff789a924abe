// Runs a command and tells what it took: `measure OUTPUT COMMAND…` prints "wall_ns maxrss_kib status" on stdout, the
// command's own output goes to the file OUTPUT.
//
// A program of its own, because a child's ru_maxrss starts from the size of the process that forked it: measured from
// Python, nothing would be smaller than Python.
#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: measure OUTPUT COMMAND...\n", stderr);
    return 2;
  }
  const int output = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (output < 0) {
    std::perror(argv[1]);
    return 2;
  }
  // Where that is allowed: other work on the machine then takes no turns of 4 ms from what is measured.
  const sched_param priority = {.sched_priority = 1};
  sched_setscheduler(0, SCHED_RR, &priority);
  const auto began = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child < 0) {
    std::perror("fork");
    return 2;
  }
  if (child == 0) {
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    execvp(argv[2], argv + 2);
    std::perror(argv[2]);
    _exit(127);
  }
  int status = 0;
  struct rusage usage = {};
  if (wait4(child, &status, 0, &usage) != child) {
    std::perror("wait4");
    return 2;
  }
  const auto wall = std::chrono::steady_clock::now() - began;
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  std::printf("%lld %ld %d\n", static_cast<long long>(std::chrono::nanoseconds(wall).count()), usage.ru_maxrss, code);
  return 0;
}
