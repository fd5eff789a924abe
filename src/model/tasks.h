// The tasks of a program that schedules them itself (asyncio, trio, curio, gevent): who awaits whom, where each stands,
// what it waits for. Plain data; docs/tasks.schema.json is this, written down. Absent facts are std::nullopt, never
// guessed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/still.h"

namespace stillframe::model {

enum class Scheduler : std::uint8_t {
#define SF_SCHEDULER(id, ...) id,
#include "model/schedulers.def"
#undef SF_SCHEDULER
};

// How many there are.
inline constexpr std::size_t kSchedulers = 0
#define SF_SCHEDULER(id, ...) +1  // NOLINT(bugprone-macro-parentheses): a term of the sum
#include "model/schedulers.def"
#undef SF_SCHEDULER
    ;

enum class TaskState : std::uint8_t {
  running,      // its thread runs it now
  ready,        // what it waited for has come: it goes on when its loop gets to it
  not_started,  // likewise, and it has not run yet
  waiting,
};

// What a task waits for in the end.
enum class WaitKind : std::uint8_t {
  nothing,  // it runs, or is ready to
  tasks,    // others, which `awaits` names
  sleep,
  read,      // until a file can be read
  write,     // until it can be written
  executor,  // a job of a thread pool or of a process pool
  lock,
  event,
  condition,
  semaphore,
  barrier,
  queue_get,
  queue_put,
  queue_join,
  process,  // until a child process ends
  future,   // one that somebody must set
  other,    // an object that is no future
  unknown,  // it waits, and nothing tells what for
};

// Tasks and loops are meant by their index in Tasks.
struct TaskWait {
  WaitKind kind = WaitKind::nothing;
  std::string text;                      // "waits for the lock 0x7f31…, likely held by Task-3"
  std::optional<std::uint64_t> address;  // of the lock, event, queue, future, …
  std::optional<std::string> type;       // its class
  std::optional<double> seconds_left;    // of a sleep
  std::optional<double> delay;           // that the sleep was asked for, in seconds
  std::optional<WaitedFile> file;
  std::optional<std::int64_t> pid;     // of a child process, as the program's own namespace numbers it
  std::optional<std::int64_t> tid;     // of the thread that runs an executor's job
  std::optional<bool> job_begun;       // of an executor's job; false: it waits for a worker
  std::optional<std::uint64_t> items;  // of a queue: how many it has
  std::vector<std::uint32_t> holders;  // tasks that hold the lock, or likely do: it is in their `async with`
  bool holders_proven = false;         // the lock itself names them
};

struct Task {
  std::uint64_t address = 0;
  std::string name;                    // empty: the version keeps none (to 3.7)
  std::optional<std::int64_t> number;  // that its scheduler gives it (curio)
  std::optional<std::string> type;     // its class, where it is not asyncio's own
  std::optional<std::uint32_t> loop;
  std::optional<std::uint32_t> parent;  // that has the nursery in which it runs (trio); that made it (curio, gevent)
  TaskState state = TaskState::waiting;
  std::optional<std::string> own_state;  // what its scheduler calls that: "FUTURE_WAIT" (curio)
  bool cancelling = false;               // it is cancelled when it goes on
  std::vector<std::uint32_t> frames;     // into Tasks::places: its coroutines and what they called, outermost first
  bool complete = true;                  // false: frames are missing
  std::optional<std::string> incomplete_reason;
  std::vector<std::uint32_t> awaits;      // tasks that it waits for
  std::vector<std::uint32_t> awaited_by;  // tasks that wait for it
  TaskWait waits_for;
  std::optional<double> timeout_left;  // seconds until asyncio.timeout() or wait_for() ends its wait
  bool others_may_cancel = false;      // the callback of a timer, or a task that sleeps, has it in a variable
};

// "worker #7": tasks of curio are named for their function, of which there may be many. Empty where it has no name.
inline std::string name_with_number(const Task& task) {
  return task.name.empty() || !task.number ? task.name : task.name + " #" + std::to_string(*task.number);
}

// What the thread of a loop does.
enum class LoopDoing : std::uint8_t {
  nothing,  // no thread runs it
  guest,    // it runs as a guest within another loop
  unknown,  // a loop of C code, whose own calls cannot be seen, and none of its tasks runs
  waits,    // for files and timers
  runs,     // a task or a callback
  between,  // it is on its way from one to the next
};

struct TaskLoop {
  Scheduler scheduler = Scheduler::asyncio;
  std::uint64_t address = 0;
  std::string type;
  std::optional<std::int64_t> tid;      // of the thread that runs it
  std::optional<std::uint32_t> thread;  // into Still::threads
  LoopDoing doing = LoopDoing::nothing;
  std::optional<std::uint32_t> running_task;
  std::vector<std::uint32_t> callback;  // into Tasks::places: what runs now, outermost first
  std::optional<bool> closed;
  std::optional<std::uint64_t> ready;      // callbacks that wait for their turn
  std::optional<std::uint64_t> scheduled;  // timers
  std::optional<double> next_timer;        // seconds until the first of them
  std::optional<double> overdue;           // for how many seconds the first of them has been due
};

struct Tasks {
  std::vector<TaskLoop> loops;
  std::vector<Task> tasks;
  std::vector<Frame> places;                       // each place once: most tasks of a program stand at a few
  std::vector<std::vector<std::uint32_t>> cycles;  // tasks that await one another in a circle, each awaits the next
};

}  // namespace stillframe::model
