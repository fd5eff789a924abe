// Tasks as they stand in memory, whichever library schedules them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "cpython/stacks/frames.h"
#include "model/tasks.h"

namespace stillframe::cpython {

// A file that a loop watches for somebody.
struct WatchedFile {
  int fd = -1;
  bool to_write = false;
};

struct RawLoop {
  Address address = 0;
  std::string type;                           // qualified: "asyncio.unix_events._UnixSelectorEventLoop"
  bool known = false;                         // its attributes are those of asyncio's own loops
  std::optional<std::uint64_t> thread_ident;  // of the thread that runs it
  bool closed = false;
  bool debug = false;
  std::uint64_t ready = 0;           // callbacks that wait for their turn
  std::uint64_t scheduled = 0;       // timers, cancelled ones included
  std::optional<double> next_timer;  // loop time of the first one that is not cancelled
  bool whole = true;                 // false: not all timers and files could be read
  // Loop times (seconds of CLOCK_MONOTONIC) at which a future is set, and at which a task is cancelled.
  std::unordered_map<Address, double> timers;
  std::unordered_map<Address, double> timeouts;
  std::unordered_set<Address> touched;  // tasks that the callback of a timer is given, or has in a variable
  // For futures and transports.
  std::unordered_map<Address, WatchedFile> files;
};

// Threads that run jobs of an executor, by the job: a concurrent.futures.Future, of AnyIO's threads asyncio's own one.
using Workers = std::unordered_map<Address, Address>;

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
  std::optional<double> timeout;   // loop time at which it is cancelled
  bool others_may_cancel = false;  // the callback of a timer, or a task that sleeps, has it in a variable
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

// A task takes a kilobyte with its coroutine: this many take a gigabyte.
inline constexpr std::size_t kMostTasks = 1'000'000;

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
