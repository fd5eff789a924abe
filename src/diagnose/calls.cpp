#include "diagnose/calls.h"

#include <algorithm>

#include "diagnose/phrases.h"

namespace stillframe::diagnose {

bool is_call_of(const model::Frame& frame, std::string_view file, std::string_view function) {
  if (frame.kind != model::FrameKind::python || frame.function != function || !frame.file ||
      !frame.file->ends_with(file)) {
    return false;
  }
  const std::size_t before = frame.file->size() - file.size();
  return before == 0 || (*frame.file)[before - 1] == '/';
}

std::optional<std::size_t> find_call(std::span<const model::Frame> frames, std::string_view file,
                                     std::string_view function) {
  const auto found =
      std::ranges::find_if(frames, [&](const model::Frame& frame) { return is_call_of(frame, file, function); });
  return found == frames.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - frames.begin()));
}

std::optional<std::size_t> find_native_call(std::span<const model::Frame> frames,
                                            std::initializer_list<std::string_view> functions) {
  for (std::size_t i = frames.size(); i > 0; --i) {
    const model::Frame& frame = frames[i - 1];
    if (frame.kind == model::FrameKind::native && std::ranges::find(functions, frame.function) != functions.end()) {
      return i - 1;
    }
  }
  return std::nullopt;
}

const model::Frame* called_by(const model::Thread& thread, std::size_t outside) {
  for (std::size_t i = outside + 1; i < thread.frames.size(); ++i) {
    if (thread.frames[i].kind == model::FrameKind::python) {
      return &thread.frames[i];
    }
  }
  return nullptr;
}

const model::Frame* sleeping_code(const model::Thread& thread) {
  for (std::size_t i = thread.frames.size(); i > 0; --i) {
    const model::Frame& frame = thread.frames[i - 1];
    if (frame.kind == model::FrameKind::python) {
      return nullptr;
    }
    const std::string_view library = file_name(frame.library.value_or(""));
    if (!frame.function.empty() && !library.empty() && !library.starts_with("libc.") && !library.starts_with("libc-") &&
        !library.starts_with("libpthread") && !library.starts_with("ld-")) {
      return &frame;
    }
  }
  return nullptr;
}

bool has_time_limit(const model::Thread& thread) {
  const auto& waiting = thread.waiting_on;
  // Who waits for the GIL asks for it anew whenever its short wait is over.
  return waiting && thread.waits_for_gil != true && (waiting->limited || waiting->timeout || waiting->seconds_left);
}

bool waits_without_end(const model::Thread& thread) {
  return thread.waiting_on && thread.waiting_on->syscall == "futex" && thread.waits_for_gil != true &&
         !has_time_limit(thread);
}

const model::Thread* main_thread(const model::Still& still) {
  return thread_of(still, still.source.pid);
}

}  // namespace stillframe::diagnose
