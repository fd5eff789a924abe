// Tasks as they stand in memory: those of asyncio, and those of others that are read into the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cpython/stacks/frames.h"
#include "cpython/tasks/asyncio/loops.h"
#include "model/tasks.h"

namespace stillframe::cpython {

// What a task waits for in the end.
struct RawWait {
  model::WaitKind kind = model::WaitKind::nothing;
  Address object = 0;           // the lock, event, queue, … or the future itself
  std::string type;             // its class
  std::optional<double> when;   // loop time at which a sleep ends
  std::optional<double> delay;  // seconds that the sleep was asked for
  std::optional<WatchedFile> file;
  std::optional<std::int64_t> pid;     // of a child process
  Address job = 0;                     // concurrent.futures.Future
  std::string job_state;               // "PENDING", "RUNNING"
  Address worker = 0;                  // the thread state of the thread that runs it; 0: not known
  std::optional<std::uint64_t> count;  // of a queue: how many items it has
  std::vector<Address> holders;        // tasks that are seen to hold the lock
  bool holders_proven = false;         // the lock itself names them
};

struct RawTask {
  Address address = 0;
  std::string name;
  std::optional<std::int64_t> number;  // that its scheduler gives it
  std::string type;                    // qualified
  Address loop = 0;
  Address parent = 0;  // the task that has the nursery in which it runs, or that made it
  model::TaskState state = model::TaskState::waiting;
  std::string own_state;  // what its scheduler calls that
  bool cancelling = false;
  std::vector<RawFrame> frames;       // outermost first
  std::optional<std::string> broken;  // why some are missing
  std::vector<Address> awaited_by;    // tasks
  RawWait wait;
  std::optional<double> timeout;  // loop time at which it is cancelled
};

// What a loop's thread does.
struct RawLoopState {
  model::Scheduler scheduler = model::Scheduler::asyncio;
  RawLoop loop;
  Address thread = 0;  // the thread state of the thread that runs it; 0: none does
  model::LoopDoing doing = model::LoopDoing::nothing;
  std::vector<RawFrame> callback;  // outermost first: of the callback that runs now
  Address running_task = 0;
};

// How much is read of tasks.
enum class TaskDepth : std::uint8_t {
  links,  // what tells whether something is wrong: what loops do, who awaits whom, who holds the locks that are waited
          // for
  all,
};

struct RawTasks {
  bool left_out = false;              // there are more than were asked for: of asyncio's only those that run are here
  std::vector<RawLoopState> loops;    // by address
  std::vector<RawTask> tasks;         // in the order in which they were found
  std::vector<std::string> problems;  // what is missing
  std::size_t unreadable = 0;         // tasks that make no sense
};

}  // namespace stillframe::cpython
