// What a still is made of.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "capture/frame_values.h"
#include "capture/object_trees.h"
#include "capture/options.h"
#include "cpython/stacks/greenlets.h"
#include "cpython/stacks/interpreters.h"
#include "cpython/tasks/raw_tasks.h"
#include "memory/captured_memory.h"
#include "model/still.h"
#include "native/thread_stacks.h"

namespace stillframe::capture {

// What was read, before it is given names, lines and sources.
struct Snapshot {
  std::chrono::steady_clock::time_point read_at;  // when the reading of it began
  cpython::RawProcess process;
  std::vector<target::ThreadInfo> threads;                 // of the target, as they were when it was read
  std::unordered_map<target::Tid, target::Syscall> calls;  // that sleeping threads were in
  std::vector<target::Tid> waiting_for_gil;                // seen to sleep on the GIL itself
  bool gil_waits_known = false;                            // false: the system did not tell what threads wait for
  model::Consistency consistency;
  std::shared_ptr<const FrameValues> values;                   // where they were asked for
  ObjectTrees objects_shown;                                   // likewise
  std::optional<cpython::RawTasks> tasks;                      // likewise
  ResourceOption resources = ResourceOption::none;             // what threads wait for
  cpython::Redaction redaction = cpython::Redaction::usual();  // of what is shown of them
  std::vector<native::ThreadStack> stacks;                     // where native frames were asked for
  cpython::GreenletList greenlets;
  std::vector<native::NativeStack> greenlet_stacks;  // one for each of them, where native frames were asked for
  std::vector<std::string> warnings;
  bool partial = false;
  cpython::CodeCache* codes = nullptr;  // the session's: owns what the frames point at
  const cpython::Objects* objects = nullptr;
  const memory::CapturedMemory* copied = nullptr;  // what `objects` reads from
};

}  // namespace stillframe::capture
