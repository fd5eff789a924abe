// inspect(): the way of a still, without its stacks.
#include <algorithm>
#include <chrono>
#include <iterator>

#include "api/looks.h"
#include "capture/capturer.h"
#include "cpython/runtime/runtime.h"
#include "memory/captured_memory.h"
#include "resolve/python_facts.h"

namespace stillframe::api {

Result<model::Inspection> inspect(target::Target& target, const capture::Options& options) {
  target.limit_stops(options.stop_limit);
  memory::CapturedMemory memory(target.memory());
  auto runtime = cpython::discover(target, memory, {.exhaustive = options.exhaustive});
  if (!runtime) {
    return std::unexpected(std::move(runtime.error()));
  }
  native::Modules modules(target, memory);  // for native stacks, which nobody asks for here
  auto snapshot = capture::take_snapshot(target, memory, *runtime, modules, options);
  if (!snapshot) {
    return std::unexpected(std::move(snapshot.error()));
  }
  model::Inspection inspection;
  inspection.taken_at = std::chrono::system_clock::now();
  inspection.source = target.source();
  inspection.consistency = snapshot->consistency;
  const cpython::Objects objects(memory, runtime->layout);
  inspection.python = resolve::describe_python(snapshot->process, *runtime, objects);
  inspection.interpreter = snapshot->objects_shown.interpreter;
  inspection.answers = std::move(snapshot->objects_shown.answers);
  inspection.partial = snapshot->partial || snapshot->objects_shown.unreadable > 0;
  for (auto* list : {&runtime->warnings, &snapshot->warnings, &snapshot->objects_shown.warnings}) {
    std::ranges::move(*list, std::back_inserter(inspection.warnings));
  }
  std::ranges::move(target.warnings(), std::back_inserter(inspection.warnings));
  return inspection;
}

}  // namespace stillframe::api
