#include "waits/interrupts.h"

#include <algorithm>

#include "cpython/runtime/signal_handlers.h"
#include "waits/copy_first_memory.h"

namespace stillframe::waits {

void find_interrupt_handler(const capture::Snapshot& snapshot, const target::Target& target,
                            const cpython::Runtime& runtime, model::Still& still) {
  // Where one of them goes on by itself, nobody asks who could wake it.
  const bool all_sleep = std::ranges::all_of(still.threads, [](const model::Thread& thread) {
    const auto& waiting = thread.waiting_on;
    const bool limited = waiting && (waiting->limited || waiting->timeout || waiting->seconds_left);
    return !thread.python || (thread.system_call && thread.waits_for_gil != true && !limited);
  });
  if (!all_sleep || !still.signals || snapshot.process.interpreters.empty() || !runtime.present() || !snapshot.copied) {
    return;
  }
  const CopyFirstMemory memory(*snapshot.copied);
  const cpython::Objects objects(memory, runtime.layout);
  still.signals->interrupt =
      cpython::interrupt_handler(target, objects, runtime, snapshot.process.interpreters.front().address);
}

}  // namespace stillframe::waits
