#include "diagnose/phrases.h"

#include <fmt/format.h>

#include <algorithm>

#include "text/phrases.h"

namespace stillframe::diagnose {
namespace {

std::string_view noun_of(model::ResourceKind kind) {
  switch (kind) {
    case model::ResourceKind::gil:
      return "the GIL";
    case model::ResourceKind::lock:
    case model::ResourceKind::rlock:
      return "lock";
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
      return "the import of";
    case model::ResourceKind::mutex:
      return "mutex";
    case model::ResourceKind::rwlock:
      return "read-write lock";
    case model::ResourceKind::loader:
      return "the dynamic loader's lock";
    case model::ResourceKind::arena:
      return "a lock of malloc";
    case model::ResourceKind::static_guard:
      return "the initialisation of a C++ static variable";
    case model::ResourceKind::process_lock:
      return "multiprocessing lock";
    case model::ResourceKind::object_mutex:
      return "the mutex of";
    case model::ResourceKind::stop_the_world:
      return "the end of a stop of all threads of Python";
    case model::ResourceKind::standstill:
      return "the standstill of all threads of Python";
  }
  return "lock";
}

}  // namespace

const model::Resource* wanted_by(const model::Still& still, const model::Thread& thread) {
  return thread.wants && thread.wants->resource < still.resources.size() ? &still.resources[thread.wants->resource]
                                                                         : nullptr;
}

const model::Thread* thread_of(const model::Still& still, std::optional<std::int64_t> tid) {
  if (!tid) {
    return nullptr;
  }
  const auto found = std::ranges::find(still.threads, tid, &model::Thread::tid);
  return found == still.threads.end() ? nullptr : &*found;
}

std::string name_of(const model::Thread& thread) {
  const std::string tid = thread.tid ? fmt::format("{}", *thread.tid) : "?";
  const auto& name = thread.name ? thread.name : thread.os_name;
  return name ? fmt::format("{} \"{}\"", tid, *name) : tid;
}

void add_tid(model::Finding& finding, std::optional<std::int64_t> tid) {
  if (tid) {
    finding.tids.push_back(*tid);
  }
}

std::string list_of(std::span<const std::string> words, std::size_t most) {
  std::string text;
  const std::size_t shown = words.size() > most + 1 ? most : words.size();
  for (std::size_t i = 0; i < shown; ++i) {
    const bool last = i + 1 == words.size();
    text += i == 0 ? "" : last ? " and " : ", ";
    text += words[i];
  }
  return shown == words.size() ? text : fmt::format("{} and {} more", text, words.size() - shown);
}

std::string place_of(const model::Frame& frame) {
  if (frame.kind == model::FrameKind::native) {
    const std::string function = frame.function.empty() ? "?" : std::string(frame.function);
    return frame.library ? fmt::format("{} in {}", function, file_name(*frame.library)) : function;
  }
  std::string text(frame.file.value_or("?"));
  text += frame.line ? fmt::format(":{}", *frame.line) : "";
  const std::string_view function = frame.qualified_name.value_or(frame.function);
  return function.empty() ? text : fmt::format("{} in {}", text, function);
}

std::string name_and_place_of(const model::Thread& thread) {
  const model::Frame* frame = waiting_frame(thread);
  return name_of(thread) + (frame == nullptr ? "" : fmt::format(" ({})", place_of(*frame)));
}

const model::OtherThread* other_of(const model::Still& still, const model::Holder& holder) {
  return holder.other && *holder.other < still.others.size() ? &still.others[*holder.other] : nullptr;
}

std::string at_place(const model::Thread& thread) {
  const model::Frame* frame = text::own_frame(thread);
  return frame == nullptr ? std::string() : " at " + place_of(*frame);
}

const model::Frame* waiting_frame(const model::Thread& thread) {
  if (thread.wants && thread.wants->frame && *thread.wants->frame < thread.frames.size() &&
      !text::is_library(thread.frames[*thread.wants->frame])) {
    return &thread.frames[*thread.wants->frame];
  }
  return text::own_frame(thread);
}

std::string taken_place(const model::Thread& thread, const model::Holder& holder) {
  if (!holder.frame || *holder.frame >= thread.frames.size()) {
    return {};
  }
  model::Frame taken = thread.frames[*holder.frame];
  taken.line = holder.line ? holder.line : taken.line;
  return place_of(taken);
}

bool is_lock(model::ResourceKind kind) {
  using enum model::ResourceKind;
  return kind == lock || kind == rlock || kind == import_lock || kind == mutex || kind == rwlock || kind == loader ||
         kind == arena || kind == static_guard || kind == process_lock || kind == object_mutex ||
         kind == stop_the_world;
}

std::string name_of(const model::Resource& resource) {
  const std::string_view noun = noun_of(resource.kind);
  using enum model::ResourceKind;
  const bool nameless = resource.kind == static_guard && !resource.name;
  if (resource.kind == gil || resource.kind == loader || resource.kind == arena || nameless ||
      resource.kind == stop_the_world || resource.kind == standstill) {
    return std::string(noun);
  }
  if (resource.kind == static_guard && resource.name) {
    return fmt::format("{} in `{}`", noun, *resource.name);
  }
  if (resource.kind == model::ResourceKind::thread) {
    return fmt::format("the end of thread {}", resource.name.value_or(fmt::format("{:#x}", resource.address)));
  }
  if (resource.kind == object_mutex && !resource.type.empty()) {
    return resource.name ? fmt::format("{} {} `{}`", noun, resource.type, *resource.name)
                         : fmt::format("{} {} at {:#x}", noun, resource.type, resource.address);
  }
  return resource.name ? fmt::format("{} `{}`", noun, *resource.name) : fmt::format("{} {:#x}", noun, resource.address);
}

std::string name_of(const model::OtherProcess& process) {
  return process.name ? fmt::format("{} {}", process.pid, *process.name) : fmt::format("{}", process.pid);
}

std::string state_of(const model::OtherProcess& process) {
  const std::string_view word = text::state_word(process.state.value_or(model::OsState::unknown));
  return word.empty() ? "unknown" : std::string(word);
}

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace stillframe::diagnose
