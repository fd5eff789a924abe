// What the module _asyncio says of itself from 3.14 on: where tasks are listed and where a thread notes what it runs.
#pragma once

#include <optional>

#include "cpython/dialects/layout.h"
#include "cpython/objects/objects.h"
#include "target/target.h"

namespace stillframe::cpython {

struct AsyncioOffsets {
  Offset task_node;         // in a task: its node in a list of tasks
  Offset interpreter_head;  // in the interpreter: the list of tasks whose threads have ended
  Offset running_loop;      // in a thread state
  Offset running_task;
  Offset thread_head;  // in a thread state: the list of tasks that were made in it
};

// Reads the table at `at`; nothing where its numbers make no sense for that layout.
std::optional<AsyncioOffsets> read_asyncio_offsets(const Objects& objects, Address at);

// Looks for the section .AsyncioDebug in every mapped file, those most likely first: it is in the extension module, or
// in the program where that is linked into it (Debian's 3.15). Opens files: not for the moment of a stop.
std::optional<AsyncioOffsets> find_asyncio_offsets(const target::Target& target, const Objects& objects);

}  // namespace stillframe::cpython
