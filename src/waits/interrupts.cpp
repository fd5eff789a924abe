#include "waits/interrupts.h"

#include <algorithm>

#include "cpython/runtime/signal_handlers.h"
#include "waits/copy_first_memory.h"

namespace stillframe::waits {

void find_interrupt_handler(const capture::Snapshot& snapshot, const target::Target& target,
                            const cpython::Runtime& runtime, model::Still& still) {
  const bool all_sleep = std::ranges::all_of(still.threads, [](const model::Thread& thread) {
    return !thread.python || (thread.system_call && thread.waits_for_gil != true);
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
