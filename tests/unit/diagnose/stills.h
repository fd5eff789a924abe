// Stills made by hand, for the analyses.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "diagnose/findings.h"
#include "model/still.h"

namespace stillframe::diagnose {

inline model::Frame python_frame(std::string_view file, int line, std::string_view function) {
  return {.function = function, .file = file, .line = line};
}

// A sleeping thread whose innermost call is at /srv/app.py:LINE in work.
inline model::Thread sleeping_thread(std::int64_t tid, std::string name, int line) {
  return {.tid = tid,
          .name = std::move(name),
          .interpreter = 0,
          .os_state = model::OsState::sleeping,
          .frames = {python_frame("/srv/app.py", line, "work")}};
}

// Threads 100, 101 and so on, each at a line of its own from 10 on.
inline model::Still sleeping_threads(int count) {
  model::Still still;
  for (int i = 0; i < count; ++i) {
    still.threads.push_back(sleeping_thread(100 + i, "Worker-" + std::to_string(i), 10 + i));
  }
  return still;
}

// Makes thread `waiter` wait for a resource; returns its index.
inline std::size_t wait_for(model::Still& still, std::size_t waiter, model::Resource resource) {
  still.resources.push_back(std::move(resource));
  still.threads[waiter].wants = model::ResourceWait{.resource = still.resources.size() - 1, .call = "with", .frame = 0};
  return still.resources.size() - 1;
}

inline model::Frame native_frame(std::string_view function,
                                 std::string_view library = "/usr/lib/libpython3.12.so.1.0") {
  return {.kind = model::FrameKind::native, .function = function, .library = library};
}

// Puts a thread to sleep in a system call.
inline void sleep_in(model::Thread& thread, std::string_view syscall, std::string text) {
  thread.os_state = model::OsState::sleeping;
  thread.waiting_on = model::WaitingOn{.syscall = std::string(syscall), .text = std::move(text)};
}

// Waits for another thread, without a limit of time.
inline void wait_without_end(model::Thread& thread) {
  sleep_in(thread, "futex", "waits on futex 0x1000");
}

inline Findings found_by(Analysis analysis, const model::Still& still) {
  Findings findings;
  analysis(still, findings);
  return findings;
}

}  // namespace stillframe::diagnose
