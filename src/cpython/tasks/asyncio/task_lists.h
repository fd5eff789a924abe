// Where asyncio keeps all its tasks, and which of them run now.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "cpython/stacks/interpreters.h"
#include "cpython/tasks/asyncio/debug_offsets.h"
#include "cpython/tasks/asyncio/futures.h"

namespace stillframe::cpython {

struct TaskList {
  std::vector<Address> tasks;                    // each once; also those that have ended
  std::unordered_map<Address, Address> running;  // task by loop
  std::unordered_map<Address, Address> loops;    // 3.14+: the loop that runs in a thread, by thread state
  std::vector<std::string> problems;             // what may be missing
};

// Modules in which an interpreter has asyncio; nothing where it has not been imported.
struct AsyncioModules {
  Address tasks = 0;      // the dict of asyncio.tasks
  Address extension = 0;  // that of _asyncio; 0: there is none
};
std::optional<AsyncioModules> find_asyncio(const Objects& objects, Address interpreter);

// A task takes a kilobyte with its coroutine: this many take a gigabyte.
inline constexpr std::size_t kMostTasks = 1'000'000;

// `offsets` are needed from 3.14 on. Where there are more than `most`, `tasks` has one more.
TaskList list_tasks(Instances& instances, const RawInterpreter& interpreter, const AsyncioModules& modules,
                    const std::optional<AsyncioOffsets>& offsets, std::size_t most = kMostTasks);

}  // namespace stillframe::cpython
