// What the processor refused to do when a process died.
#pragma once

#include <optional>

#include "model/crash.h"
#include "native/modules.h"
#include "native/thread_stacks.h"
#include "target/target.h"

namespace stillframe::postmortem {

// What is known of the instruction that died. Nothing where the signal was no fault, or came from somebody; a fault
// that a handler of the program saw first and raised again (faulthandler does so) is found below the handler.
std::optional<model::Fault> describe_cpu_fault(const target::Target& target, const native::Modules& modules,
                                               const native::ThreadStack& died, const model::Crash& crash);

// The stack that the thread was on when it died. Nothing where its stack pointer leads nowhere.
std::optional<model::StackArea> describe_stack(const target::Target& target, const native::ThreadStack& died,
                                               const model::Crash& crash);

}  // namespace stillframe::postmortem
