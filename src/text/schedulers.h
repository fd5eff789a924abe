// What is said of each scheduler, and which files are its library's own: those calls only wait on behalf of the
// program's.
#pragma once

#include <string>
#include <string_view>

#include "model/tasks.h"
#include "text/scheduler_files.h"

namespace stillframe::text {

struct SchedulerWords {
  std::string_view name;                // as its library is called, and imported
  bool (*owns)(std::string_view path);  // whether a file is its library's
  std::string_view loop;                // what begins a line about one of its loops: "Trio run"
  std::string_view turn;                // what waits for its turn in a loop: "callback", "task"
  std::string_view in_thread;           // its function that runs what cannot be awaited in a thread of its own
  std::string_view lock;                // its class, behind the library's name
  std::string_view semaphore;
  bool ready_is_known;  // whether a loop's tasks could go on
  bool hides_timeouts;  // one that would end a task's wait may leave nothing to see
};

const SchedulerWords& words_of(model::Scheduler scheduler);

// "asyncio, trio, curio or gevent", with " or " before the last one.
std::string names_of_schedulers(std::string_view last_separator);

bool is_file_of(model::Scheduler scheduler, std::string_view path);

}  // namespace stillframe::text
