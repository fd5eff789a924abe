// Who has asked all threads of an interpreter to stand still, and for whom that one waits (builds without a GIL).
#pragma once

#include "cpython/stacks/interpreters.h"
#include "memory/memory_source.h"
#include "model/still.h"
#include "waits/wait_graph_builder.h"

namespace stillframe::waits {

// Who has asked waits for the threads that do not stand still: Thread::wants of that one is filled. The others wait for
// the end of the stop: whoever waits for ResourceKind::stop_the_world finds there who has asked.
void find_world_stops(const memory::MemorySource& memory, const cpython::Runtime& runtime,
                      const cpython::RawProcess& process, WaitGraphBuilder& book, model::Still& still);

}  // namespace stillframe::waits
