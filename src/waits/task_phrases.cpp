#include "waits/task_phrases.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "text/phrases.h"
#include "waits/phrases.h"

namespace stillframe::waits {
namespace {

using model::TaskWait;
using model::WaitKind;

constexpr std::size_t kMostNamed = 3;

std::string name_of(const model::Task& task) {
  return task.name.empty() ? fmt::format("the task {:#x}", task.address) : model::name_with_number(task);
}

// "Task-3, Task-4 and 7 more".
std::string names_of(const std::vector<std::uint32_t>& indexes, const model::Tasks& tasks) {
  std::string text;
  for (std::size_t i = 0; i < std::min(indexes.size(), kMostNamed); ++i) {
    text += (i == 0 ? "" : ", ") + name_of(tasks.tasks[indexes[i]]);
  }
  return indexes.size() > kMostNamed ? fmt::format("{} and {} more", text, indexes.size() - kMostNamed) : text;
}

// "the lock 0x7f31…"
std::string thing(std::string_view what, const TaskWait& wait) {
  return wait.address ? fmt::format("the {} {:#x}", what, *wait.address) : fmt::format("a {}", what);
}

std::string held(const TaskWait& wait, const model::Tasks& tasks) {
  if (wait.holders.empty()) {
    return "";
  }
  return (wait.holders_proven ? ", held by " : ", likely held by ") + names_of(wait.holders, tasks);
}

std::string count_of_items(const TaskWait& wait) {
  if (!wait.items) {
    return "";
  }
  return *wait.items == 0 ? ", which is empty" : fmt::format(", which has {}", *wait.items);
}

std::string sleep_in_words(const TaskWait& wait) {
  if (wait.seconds_left) {
    return "sleeps, " + text::duration_in_words(*wait.seconds_left) + " left";
  }
  return wait.delay ? "sleeps for " + text::duration_in_words(*wait.delay) : "sleeps";
}

std::string file_wait_in_words(const TaskWait& wait, const FoundFile* file, std::int64_t pid) {
  const std::string_view operation = wait.kind == WaitKind::read ? "waits to read from" : "waits to write to";
  if (file != nullptr) {
    return fmt::format("{} {}", operation, file_in_words(*file, pid));
  }
  return wait.file ? fmt::format("{} fd {}", operation, wait.file->fd) : fmt::format("{} a stream", operation);
}

std::string job_in_words(const TaskWait& wait) {
  if (wait.tid) {
    return fmt::format("waits for a job that thread {} runs", *wait.tid);
  }
  if (wait.job_begun == false) {
    return "waits for a job that no worker has taken yet";
  }
  return "waits for a job of an executor";
}

std::string future_in_words(const TaskWait& wait) {
  const bool plain = !wait.type || *wait.type == "_asyncio.Future" || *wait.type == "asyncio.futures.Future";
  const std::string type = plain ? "" : fmt::format(" ({})", *wait.type);
  return "waits for " + thing(wait.kind == WaitKind::future ? "future" : "object", wait) + type;
}

std::string wait_of(const model::Task& task, const model::Tasks& tasks, const FoundFile* file, std::int64_t pid) {
  const TaskWait& wait = task.waits_for;
  switch (wait.kind) {
    case WaitKind::nothing:
      return "";
    case WaitKind::tasks:
      return task.awaits.empty() ? "awaits other tasks" : "awaits " + names_of(task.awaits, tasks);
    case WaitKind::sleep:
      return sleep_in_words(wait);
    case WaitKind::read:
    case WaitKind::write:
      return file_wait_in_words(wait, file, pid);
    case WaitKind::executor:
      return job_in_words(wait);
    case WaitKind::lock:
      return "waits for " + thing("lock", wait) + held(wait, tasks);
    case WaitKind::event:
      return "waits for " + thing("event", wait);
    case WaitKind::condition:
      return "waits to be notified of " + thing("condition", wait);
    case WaitKind::semaphore:
      return "waits for " + thing("semaphore", wait) + held(wait, tasks);
    case WaitKind::barrier:
      return "waits for the others at " + thing("barrier", wait);
    case WaitKind::queue_get:
    case WaitKind::queue_put:
    case WaitKind::queue_join:
      return std::string(text::queue_wait_in_words(wait.kind)) + thing("queue", wait) + count_of_items(wait);
    case WaitKind::process:
      return wait.pid ? fmt::format("waits for the child process {}", *wait.pid) : "waits for a child process";
    case WaitKind::future:
    case WaitKind::other:
      return future_in_words(wait);
    case WaitKind::unknown:
      return "waits, it is not known what for";
  }
  return "";
}

}  // namespace

std::string task_wait_in_words(const model::Task& task, const model::Tasks& tasks, const FoundFile* file,
                               std::int64_t pid) {
  std::string text = wait_of(task, tasks, file, pid);
  if (task.timeout_left && !text.empty()) {
    text += *task.timeout_left > 0 ? fmt::format(", timeout in {}", text::duration_in_words(*task.timeout_left))
                                   : std::string(", its timeout is over");
  }
  return text;
}

}  // namespace stillframe::waits
