#include "text/program_code.h"

#include <ranges>

#include "text/scheduler_files.h"

namespace stillframe::text {

using model::Frame;
using model::FrameKind;
using model::Thread;
namespace {

// What the folder of Python's own modules looks like: ".../lib/python3.12/queue.py".
bool is_in_library(std::string_view file) {
  const auto lib = file.find("/lib/python");
  if (lib == std::string_view::npos) {
    return false;
  }
  const std::string_view rest = file.substr(lib + std::string_view("/lib/python").size());
  return !rest.empty() && rest.front() >= '2' && rest.front() <= '9' && !rest.contains("-packages/");
}

}  // namespace

bool is_library(const Frame& frame) {
  return frame.kind == FrameKind::python && frame.file &&
         (frame.file->starts_with("<frozen ") || is_in_library(*frame.file) || is_scheduler_file(*frame.file));
}

const Frame* own_frame(const Thread& thread) {
  const Frame* innermost = nullptr;
  for (const Frame& frame : std::views::reverse(thread.frames)) {
    if (frame.kind != FrameKind::python) {
      continue;
    }
    if (!is_library(frame)) {
      return &frame;
    }
    innermost = innermost == nullptr ? &frame : innermost;
  }
  return innermost;
}

}  // namespace stillframe::text
