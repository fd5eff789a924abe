// Reads a core that is its standard input, and says how the process died: core_from_descriptor < core
#include <stillframe/session.h>
#include <unistd.h>

#include <iostream>

int main() {
  // The file that the descriptor stands for may have no name any more.
  auto session = stillframe::Session::open(stillframe::CoreDescriptor{.fd = STDIN_FILENO, .name = "standard input"});
  const auto still = session ? session->still() : std::unexpected(session.error());
  if (!still) {
    std::cerr << still.error().stopper << '\n';
    return 1;
  }
  if (still->crash) {
    std::cout << "died of " << still->crash->signal_name << '\n';
  }
  for (const stillframe::Thread& thread : still->threads) {
    std::cout << "thread " << thread.tid.value_or(0) << '\n';
    for (const stillframe::Frame& frame : thread.frames) {
      std::cout << "  " << frame.function << " at " << frame.file.value_or("?") << ':' << frame.line.value_or(0)
                << '\n';
    }
  }
}
