// Says every second what the program that started this one is doing: watch_parent [how many times]
#include <stillframe/session.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>

namespace {

void show(const stillframe::Still& still) {
  for (const stillframe::Thread& thread : still.threads) {
    std::cout << thread.tid.value_or(0) << ' ' << thread.name.value_or("?") << ':';
    // The outermost call comes first.
    for (const stillframe::Frame& frame : thread.frames) {
      std::cout << ' ' << frame.function << ':' << frame.line.value_or(0);
    }
    if (thread.waiting_on) {
      std::cout << ", " << thread.waiting_on->text;
    }
    std::cout << '\n';
  }
  for (const stillframe::Finding& finding : still.findings) {
    std::cout << finding.id << ": " << finding.title << '\n';
  }
}

int complain(const stillframe::Error& error) {
  std::cerr << "could not " << error.tried << ": " << error.stopper << "; try " << error.advice << '\n';
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const int looks = argc > 1 ? std::atoi(argv[1]) : 10;
  auto session = stillframe::Session::open(getppid());
  if (!session) {
    return complain(session.error());
  }
  for (int i = 0; i < looks; ++i) {
    if (i > 0) {
      std::this_thread::sleep_for(std::chrono::seconds(1));
    }
    const auto still = session->still();
    if (!still) {
      return complain(still.error());
    }
    show(*still);
    std::cout << std::endl;
  }
}
