#include "diagnose/wait_phrases.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "diagnose/calls.h"
#include "diagnose/phrases.h"
#include "diagnose/task_phrases.h"
#include "text/program_code.h"

namespace stillframe::diagnose {
namespace {

using model::WaitKind;

bool listens(const model::WaitedFile& file) {
  return file.state == "listening";
}

// What another thread has to do with a resource that nobody holds.
std::string deed_for(const model::Resource& resource, std::string_view call) {
  using enum model::ResourceKind;
  switch (resource.kind) {
    case queue:
      return call.ends_with(".put")    ? "any thread that takes an item out"
             : call.ends_with(".join") ? "the threads that take items out, by task_done()"
                                       : "any thread that puts an item in";
    case event:
      return "any thread that sets it";
    case condition:
      return "any thread that notifies it";
    case semaphore:
      return "any thread that releases it";
    case barrier:
      return "the threads that are still to come to it";
    case future:
      return "whoever sets its result";
    case lock:
    case process_lock:
      return "whoever holds it: this kind of lock does not say who";
    default:
      return "whoever holds it, which is not known";
  }
}

// Whether code of the program itself or of a package, not only of Python's library, stands on the stack.
bool has_own_code(const model::Thread& thread) {
  return std::ranges::any_of(thread.frames, [](const model::Frame& frame) {
    return frame.kind == model::FrameKind::python &&
           text::origin_of(frame.file.value_or("")) == text::CodeOrigin::program;
  });
}

std::string holders_that_could_end(const model::Still& still, const model::Resource& resource) {
  const bool ends = resource.kind == model::ResourceKind::thread;
  std::vector<std::string> names;
  for (const model::Holder& holder : resource.holders) {
    const model::Thread* thread = thread_of(still, holder.tid);
    const model::OtherThread* other = other_of(still, holder);
    if (thread == nullptr) {
      names.push_back(other != nullptr ? "process " + name_of(other->process) : "a thread that has ended");
      continue;
    }
    const std::string taken = taken_place(*thread, holder);
    const std::string_view verb = ends                                           ? ", by ending"
                                  : resource.kind == model::ResourceKind::future ? ", which runs it"
                                  : holder.certain                               ? ", which holds it"
                                                                                 : ", which likely holds it";
    names.push_back(fmt::format("thread {}{}{}", name_of(*thread), verb,
                                ends || taken.empty() || !holder.line ? "" : ", taken at " + taken));
  }
  return list_of(names, 3);
}

// " (waiters=2/3)" of "<threading.Barrier at 0x7f31…: waiters=2/3>": its numbers, and nothing of what is in it.
std::string state_in_words(std::string_view state) {
  constexpr std::array<std::string_view, 3> wanted{"size=", "maxsize=", "waiters="};
  std::string text;
  while (!state.empty()) {
    const std::string_view word = state.substr(0, state.find_first_of(" >"));
    state.remove_prefix(std::min(word.size() + 1, state.size()));
    const std::size_t value = word.find('=') + 1;
    const bool number = value < word.size() && word.find_first_not_of("0123456789/", value) == std::string_view::npos;
    const bool known = number && std::ranges::find(wanted, word.substr(0, value)) != wanted.end();
    if (value != 0 && !known) {
      break;
    }
    text += known ? fmt::format("{}{}", text.empty() ? "" : ", ", word) : "";
  }
  return text.empty() ? text : fmt::format(" ({})", text);
}

std::string pool_in_words(const model::Still& still, const model::Resource& resource) {
  for (const model::WorkerPool& pool : still.pools) {
    if (std::ranges::find(pool.waiting, resource.address) != pool.waiting.end()) {
      return fmt::format("one of the {} workers of the thread pool in whose queue it is", pool.workers.size());
    }
  }
  return {};
}

std::string file_in_words(const model::WaitedFile& file, std::int64_t own) {
  if (listens(file)) {
    return "whoever connects" + (file.local ? " to " + *file.local : std::string());
  }
  if (file.peer) {
    return "the other end, " + *file.peer;
  }
  if (!file.processes.empty()) {
    const model::OtherProcess& first = file.processes.front();
    const std::string more = file.processes.size() > 1 ? fmt::format(" and {} more", file.processes.size() - 1) : "";
    return (first.pid == own ? "a thread of this process" : "process " + name_of(first)) + more;
  }
  return file.kind == model::FileKind::terminal ? "whoever types at the terminal" : std::string();
}

std::string files_in_words(const std::vector<model::WaitedFile>& files, std::int64_t own) {
  std::vector<std::string> names;
  for (const model::WaitedFile& file : files) {
    std::string name = file_in_words(file, own);
    if (!name.empty() && std::ranges::find(names, name) == names.end()) {
      names.push_back(std::move(name));
    }
  }
  // Of the files of a loop its own wake-up pipe says least.
  std::ranges::stable_partition(names, [](const std::string& name) { return name != "a thread of this process"; });
  return list_of(names, 3);
}

}  // namespace

const model::TaskLoop* waiting_loop(const model::Still& still, const model::Thread& thread) {
  if (!still.tasks || !thread.waiting_on) {
    return nullptr;
  }
  const auto& loops = still.tasks->loops;
  const auto found = std::ranges::find_if(loops, [&](const model::TaskLoop& loop) {
    return loop.thread && *loop.thread < still.threads.size() && &still.threads[*loop.thread] == &thread &&
           loop.doing == model::LoopDoing::waits;
  });
  return found == loops.end() ? nullptr : &*found;
}

bool waits_for_connections(const model::Thread& thread) {
  return thread.waiting_on && std::ranges::any_of(thread.waiting_on->files, listens);
}

bool waits_for_work_of_others(const model::Still& still, const model::Thread& thread) {
  if (!thread.waiting_on || &thread == main_thread(still) || has_own_code(thread)) {
    return false;
  }
  const model::Resource* wanted = wanted_by(still, thread);
  using Kind = model::ResourceKind;
  return wanted != nullptr
             ? wanted->kind == Kind::queue || wanted->kind == Kind::condition || wanted->kind == Kind::semaphore ||
                   wanted->kind == Kind::event || (wanted->kind == Kind::lock && wanted->holders.empty())
             : !thread.python && thread.waiting_on->syscall == "futex";
}

std::string wait_in_words(const model::Still& still, const model::Thread& thread) {
  if (thread.waits_for_gil == true) {
    return "waits for the GIL";
  }
  if (thread.waiting_on) {
    const model::Resource* wanted = wanted_by(still, thread);
    const bool counts = wanted != nullptr &&
                        (wanted->kind == model::ResourceKind::barrier || wanted->kind == model::ResourceKind::queue);
    return thread.waiting_on->text + (counts ? state_in_words(wanted->state.value_or("")) : "");
  }
  return thread.os_state == model::OsState::running ? "runs" : "is " + state_of({.state = thread.os_state});
}

std::string wait_in_words(const model::Task& task) {
  std::string text;
  switch (task.state) {
    case model::TaskState::running:
      text = "runs";
      break;
    case model::TaskState::ready:
      text = "is ready to go on";
      break;
    case model::TaskState::not_started:
      text = "is not started yet";
      break;
    case model::TaskState::waiting:
      text = task.waits_for.text.empty() ? "waits" : task.waits_for.text;
      break;
  }
  return text + (task.cancelling ? ", being cancelled" : "");
}

std::string waker_in_words(const model::Still& still, const model::Thread& thread) {
  if (!thread.waiting_on) {
    return {};
  }
  const model::Resource* wanted = wanted_by(still, thread);
  if (wanted == nullptr) {
    const auto& waiting = *thread.waiting_on;
    if (waiting.files.empty() && !waiting.processes.empty()) {
      return fmt::format("process {}, which is {}: look at it with stillframe why {}",
                         name_of(waiting.processes.front()), state_of(waiting.processes.front()),
                         waiting.processes.front().pid);
    }
    return files_in_words(waiting.files, still.source.pid.value_or(-1));
  }
  if (!wanted->holders.empty()) {
    return holders_that_could_end(still, *wanted);
  }
  const std::string pool = pool_in_words(still, *wanted);
  return pool.empty() ? deed_for(*wanted, thread.wants->call) : pool;
}

std::string waker_in_words(const model::Still& still, const model::Task& task) {
  const model::TaskWait& wait = task.waits_for;
  if (task.state != model::TaskState::waiting) {
    return {};
  }
  switch (wait.kind) {
    case WaitKind::lock:
    case WaitKind::semaphore:
      return wait.holders.empty() ? "any task that releases it" : std::string();
    case WaitKind::event:
      return "any task that sets it";
    case WaitKind::condition:
      return "any task that notifies it";
    case WaitKind::barrier:
      return "the tasks that are still to come to it";
    case WaitKind::queue_get:
      return "any task that puts an item in";
    case WaitKind::queue_put:
      return "any task that takes an item out";
    case WaitKind::queue_join:
      return "the tasks that take items out, by task_done()";
    case WaitKind::future:
      return "whoever sets its result: another task, or a callback of the loop";
    case WaitKind::read:
    case WaitKind::write:
      return wait.file ? file_in_words(*wait.file, still.source.pid.value_or(-1)) : std::string();
    default:
      return {};
  }
}

}  // namespace stillframe::diagnose
