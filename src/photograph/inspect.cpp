// inspect(): the way of a still, without its stacks.
#include <algorithm>
#include <chrono>
#include <iterator>

#include "cpython/runtime.h"
#include "memory/captured_memory.h"
#include "photograph/exposure.h"
#include "photograph/photograph.h"
#include "photograph/python_facts.h"

namespace stillframe::photograph {

Result<model::Inspection> inspect(target::Target& target, const Wishes& wishes) {
  target.limit_stops(wishes.stop_limit);
  memory::CapturedMemory memory(target.memory());
  auto runtime = cpython::discover(target, memory, {.exhaustive = wishes.exhaustive});
  if (!runtime) {
    return std::unexpected(std::move(runtime.error()));
  }
  native::Modules modules(target, memory);  // for native stacks, which nobody asks for here
  auto negative = expose(target, memory, *runtime, modules, wishes);
  if (!negative) {
    return std::unexpected(std::move(negative.error()));
  }
  model::Inspection inspection;
  inspection.taken_at = std::chrono::system_clock::now();
  inspection.source = target.source();
  inspection.consistency = negative->consistency;
  const cpython::Objects objects(memory, runtime->layout);
  inspection.python = describe_python(negative->process, *runtime, objects);
  inspection.interpreter = negative->objects_shown.interpreter;
  inspection.answers = std::move(negative->objects_shown.answers);
  inspection.partial = negative->partial || negative->objects_shown.unreadable > 0;
  for (auto* list : {&runtime->warnings, &negative->warnings, &negative->objects_shown.warnings}) {
    std::ranges::move(*list, std::back_inserter(inspection.warnings));
  }
  std::ranges::move(target.warnings(), std::back_inserter(inspection.warnings));
  return inspection;
}

}  // namespace stillframe::photograph
