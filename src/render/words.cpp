#include "render/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "text/phrases.h"

namespace stillframe::render {

std::string_view json_name(model::Method method) {
  switch (method) {
    case model::Method::untouched:
      return "untouched";
    case model::Method::stopped:
      return "stopped";
    case model::Method::running:
      return "running";
    case model::Method::core:
      return "core";
  }
  return "running";
}

std::string_view json_name(model::PythonState state) {
  switch (state) {
    case model::PythonState::running:
      return "running";
    case model::PythonState::initializing:
      return "initializing";
    case model::PythonState::finalizing:
      return "finalizing";
  }
  return "running";
}

std::string_view json_name(model::OsState state) {
  switch (state) {
    case model::OsState::running:
      return "running";
    case model::OsState::sleeping:
      return "sleeping";
    case model::OsState::uninterruptible:
      return "uninterruptible";
    case model::OsState::stopped:
      return "stopped";
    case model::OsState::traced:
      return "traced";
    case model::OsState::finished:
      return "finished";
    case model::OsState::idle:
      return "idle";
    case model::OsState::dead:
      return "dead";
    case model::OsState::unknown:
      return "unknown";
  }
  return "unknown";
}

std::string_view json_name(model::Severity severity) {
  switch (severity) {
    case model::Severity::certain:
      return "certain";
    case model::Severity::likely:
      return "likely";
    case model::Severity::note:
      return "note";
  }
  return "note";
}

std::string_view json_name(model::SourceKind kind) {
  return kind == model::SourceKind::core ? "core" : "process";
}

std::string_view json_name(model::ValueKind kind) {
  switch (kind) {
    case model::ValueKind::argument:
      return "argument";
    case model::ValueKind::local:
      return "local";
    case model::ValueKind::cell:
      return "cell";
    case model::ValueKind::free:
      return "free";
    case model::ValueKind::child:
      return "child";
    case model::ValueKind::handled:
      return "handled";
    case model::ValueKind::raised:
      return "raised";
  }
  return "local";
}

std::string_view json_name(model::FileKind kind) {
  switch (kind) {
    case model::FileKind::unknown:
      return "unknown";
    case model::FileKind::closed:
      return "closed";
    case model::FileKind::file:
      return "file";
    case model::FileKind::directory:
      return "directory";
    case model::FileKind::device:
      return "device";
    case model::FileKind::terminal:
      return "terminal";
    case model::FileKind::pipe:
      return "pipe";
    case model::FileKind::fifo:
      return "fifo";
    case model::FileKind::tcp:
      return "tcp";
    case model::FileKind::udp:
      return "udp";
    case model::FileKind::unix_socket:
      return "unix";
    case model::FileKind::socket:
      return "socket";
    case model::FileKind::eventfd:
      return "eventfd";
    case model::FileKind::timerfd:
      return "timerfd";
    case model::FileKind::inotify:
      return "inotify";
    case model::FileKind::signalfd:
      return "signalfd";
    case model::FileKind::pidfd:
      return "pidfd";
    case model::FileKind::epoll:
      return "epoll";
    case model::FileKind::io_uring:
      return "io_uring";
    case model::FileKind::other:
      return "other";
  }
  return "unknown";
}

std::string_view json_name(model::ResourceKind kind) {
  switch (kind) {
    case model::ResourceKind::gil:
      return "gil";
    case model::ResourceKind::lock:
      return "lock";
    case model::ResourceKind::rlock:
      return "rlock";
    case model::ResourceKind::condition:
      return "condition";
    case model::ResourceKind::event:
      return "event";
    case model::ResourceKind::semaphore:
      return "semaphore";
    case model::ResourceKind::barrier:
      return "barrier";
    case model::ResourceKind::queue:
      return "queue";
    case model::ResourceKind::future:
      return "future";
    case model::ResourceKind::thread:
      return "thread";
    case model::ResourceKind::import_lock:
      return "import_lock";
    case model::ResourceKind::mutex:
      return "mutex";
    case model::ResourceKind::rwlock:
      return "rwlock";
    case model::ResourceKind::loader:
      return "loader";
    case model::ResourceKind::arena:
      return "arena";
    case model::ResourceKind::static_guard:
      return "static_guard";
    case model::ResourceKind::process_lock:
      return "process_lock";
    case model::ResourceKind::object_mutex:
      return "object_mutex";
    case model::ResourceKind::stop_the_world:
      return "stop_the_world";
    case model::ResourceKind::standstill:
      return "standstill";
  }
  return "lock";
}

std::string state_in_words(const model::Thread& thread, const model::Still& still) {
  std::string words;
  const auto add = [&words](std::string_view more) {
    words += words.empty() ? "" : ", ";
    words += more;
  };
  if (thread.holds_gil == true) {
    add("holds the GIL");
    const auto asks = [&](const model::Interpreter& one) {
      return thread.interpreter == one.id && one.gil && one.gil->drop_requested;
    };
    if (std::ranges::any_of(still.interpreters, asks)) {
      add("asked to drop it");
    }
  }
  if (thread.waits_for_gil == true) {
    add("waits for the GIL");
  }
  if (thread.gc_collecting) {
    add("collecting garbage");
  }
  switch (thread.os_state) {
    case model::OsState::finished:
      add("finished");
      break;
    case model::OsState::dead:
      if (still.crash && thread.tid && still.crash->tid == thread.tid) {
        add("died of " + still.crash->signal_name);
      }
      break;
    case model::OsState::unknown:
      if (!thread.tid) {
        add("not started yet, or already gone");
      }
      break;
    default:
      add(text::state_word(thread.os_state));
  }
  return words;
}

std::string doing_in_words(const model::Thread& thread, const model::Still& still) {
  std::string words = state_in_words(thread, still);
  if (!thread.waiting_on || thread.waits_for_gil == true) {
    return words;
  }
  const std::string_view more = thread.waiting_on->text;
  constexpr std::string_view sleeps = "sleeps";
  if (words.ends_with("sleeping") && more.starts_with(sleeps)) {
    return words.append(more.substr(sleeps.size()));
  }
  words += words.empty() ? "" : ", ";
  return words.append(more);
}

std::string_view json_name(model::PartRole role) {
  switch (role) {
    case model::PartRole::root:
      return "root";
    case model::PartRole::item:
      return "item";
    case model::PartRole::entry:
      return "entry";
    case model::PartRole::attribute:
      return "attribute";
  }
  return "root";
}

std::string_view json_name(model::TaskState state) {
  switch (state) {
    case model::TaskState::running:
      return "running";
    case model::TaskState::ready:
      return "ready";
    case model::TaskState::not_started:
      return "not_started";
    case model::TaskState::waiting:
      return "waiting";
  }
  return "waiting";
}

std::string_view json_name(model::LoopDoing doing) {
  switch (doing) {
    case model::LoopDoing::nothing:
      return "nothing";
    case model::LoopDoing::waits:
      return "waits";
    case model::LoopDoing::runs:
      return "runs";
    case model::LoopDoing::between:
      return "between";
    case model::LoopDoing::guest:
      return "guest";
    case model::LoopDoing::unknown:
      return "unknown";
  }
  return "nothing";
}

std::string_view json_name(model::WaitKind kind) {
  switch (kind) {
    case model::WaitKind::nothing:
      return "nothing";
    case model::WaitKind::tasks:
      return "tasks";
    case model::WaitKind::sleep:
      return "sleep";
    case model::WaitKind::read:
      return "read";
    case model::WaitKind::write:
      return "write";
    case model::WaitKind::executor:
      return "executor";
    case model::WaitKind::lock:
      return "lock";
    case model::WaitKind::event:
      return "event";
    case model::WaitKind::condition:
      return "condition";
    case model::WaitKind::semaphore:
      return "semaphore";
    case model::WaitKind::barrier:
      return "barrier";
    case model::WaitKind::queue_get:
      return "queue_get";
    case model::WaitKind::queue_put:
      return "queue_put";
    case model::WaitKind::queue_join:
      return "queue_join";
    case model::WaitKind::process:
      return "process";
    case model::WaitKind::future:
      return "future";
    case model::WaitKind::other:
      return "other";
    case model::WaitKind::unknown:
      return "unknown";
  }
  return "nothing";
}

}  // namespace stillframe::render
