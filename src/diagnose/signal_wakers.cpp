#include "diagnose/signal_wakers.h"

#include <csignal>

#include "model/tasks.h"
#include "text/signals.h"

namespace stillframe::diagnose {
namespace {

constexpr int kLastSignal = 64;

// glibc cancels threads and sets their user with them (nptl), musl likewise.
bool is_of_the_c_library(int number) {
  return number >= 32 && number <= 34;
}

// What SIGINT usually does ends the program; asyncio.run()'s handler cancels its main task.
bool is_usual_interrupt(model::InterruptHandler handler) {
  return handler == model::InterruptHandler::usual || handler == model::InterruptHandler::asyncio;
}

}  // namespace

std::uint64_t handled_signals(const model::Still& still) {
  std::uint64_t own = 0;
  for (int number = 1; still.signals && number <= kLastSignal; ++number) {
    const std::uint64_t bit = std::uint64_t{1} << static_cast<unsigned>(number - 1);
    const bool usual = number == SIGINT && is_usual_interrupt(still.signals->interrupt);
    const bool fault = text::is_cpu_fault(number) || number == SIGABRT;
    if ((still.signals->caught & bit) != 0 && !usual && !fault && !is_of_the_c_library(number)) {
      own |= bit;
    }
  }
  return own;
}

bool may_be_woken_by_handler(const model::Still& still) {
  return !still.signals || handled_signals(still) != 0;
}

}  // namespace stillframe::diagnose
