#include "api/looks.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "capture/capturer.h"
#include "cpython/runtime/runtime.h"
#include "cpython/stacks/greenlet_module.h"
#include "memory/captured_memory.h"
#include "native/names.h"
#include "postmortem/crash_facts.h"
#include "resolve/native_frames.h"
#include "resolve/python_facts.h"
#include "resolve/resolver.h"
#include "resolve/source_columns.h"
#include "waits/resources.h"
#include "waits/thread_pools.h"

namespace stillframe::api {
namespace {

// An address in the data of the file that the interpreter is in.
cpython::Address interpreter_data(const cpython::Runtime& runtime) {
  for (const cpython::Address at : {runtime.runtime, runtime.code_type, runtime.interpreters_head_at}) {
    if (at != 0) {
      return at;
    }
  }
  return 0;
}

// A program without Python, or with one that no table describes, has native stacks.
Result<cpython::Runtime> find_python(const target::Target& target, const memory::MemorySource& memory,
                                     const capture::Options& options) {
  const bool all = options.native == capture::NativeOption::all;
  auto runtime = cpython::discover(target, memory, {.exhaustive = options.exhaustive, .accept_unknown = all});
  if (runtime || runtime.error().kind != ErrorKind::not_python) {
    return runtime;
  }
  if (all) {
    return cpython::Runtime{};
  }
  runtime.error().advice += "; --native-all shows the native stacks of any program";
  return runtime;
}

}  // namespace

Result<model::Still> take(target::Target& target, const capture::Options& options) {
  target.file_budget()->begin(options.max_read);
  target.limit_stops(options.stop_limit);
  memory::CapturedMemory memory(target.memory());
  auto runtime = find_python(target, memory, options);
  if (!runtime) {
    return std::unexpected(std::move(runtime.error()));
  }
  runtime->has_greenlets = cpython::greenlet_is_loaded(target);
  // Code and unwind rules do not change: read when they are needed, and kept apart from the copy of one moment.
  constexpr std::size_t kMostOfCode = std::size_t{32} << 20U;
  const memory::CapturedMemory code(target.memory(), kMostOfCode);
  native::Modules modules(target, code);
  native::Names names(target, modules, runtime->version, interpreter_data(*runtime), options.fetch);
  modules.ask_for_functions(
      [&names](native::Module& module, native::Address pc) { return names.function_at(module, pc); });
  auto snapshot = capture::take_snapshot(target, memory, *runtime, modules, options);
  if (!snapshot) {
    return std::unexpected(std::move(snapshot.error()));
  }
  model::Still still;
  still.taken_at = std::chrono::system_clock::now();
  still.source = target.source();
  still.consistency = snapshot->consistency;
  still.crash = target.crash();
  for (auto* list : {&runtime->warnings, &snapshot->warnings}) {
    std::ranges::move(*list, std::back_inserter(still.warnings));
  }
  const cpython::Objects objects(memory, runtime->layout);
  if (runtime->present()) {
    still.python = resolve::describe_python(snapshot->process, *runtime, objects);
  } else if (runtime->claimed) {
    still.python = model::Python{.version = fmt::format("{}.{}", runtime->claimed->major, runtime->claimed->minor)};
  }
  resolve::NativeFrames native(*snapshot, names, still, options.native);
  snapshot->resources = options.resources;
  snapshot->redaction = options.values.redaction;
  const auto tids = resolve::resolve_still(*snapshot, target, *runtime, native, still);
  if (snapshot->resources != capture::ResourceOption::none) {
    waits::add_resources(*snapshot, target, tids, *runtime, snapshot->redaction, still);
    waits::add_pools(*snapshot, tids, still);
  }
  if (still.crash) {
    postmortem::add_crash_facts(target, *runtime, modules, names, *snapshot, still);
  }
  for (const std::string& file : names.cut_files()) {
    still.partial = true;
    still.warnings.push_back(file +
                             " or its debug file became shorter while it was read: functions in it have no names");
  }
  still.partial = still.partial || runtime->claimed.has_value() || target.cut_short();
  resolve::add_sources(still, target);
  // Last, for they also tell of files that were asked for on the way.
  std::ranges::move(target.warnings(), std::back_inserter(still.warnings));
  if (auto unread = target.file_budget()->warning()) {
    still.partial = true;
    still.warnings.push_back(std::move(*unread));
  }
  return still;
}

}  // namespace stillframe::api
