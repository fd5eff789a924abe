#include "cpython/tasks/trio/runners.h"

#include <algorithm>
#include <ranges>

#include "cpython/tasks/loop_threads.h"
#include "cpython/values/fields.h"
#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

// Words of a threading.local that are looked through for its dict of dicts (localobject in Modules/_threadmodule.c has
// six).
constexpr std::uint32_t kLocalWords = 8;
constexpr std::size_t kMostRuns = 10'000;

bool is_call(const RawFrame& frame, std::string_view function, std::string_view file) {
  return frame.code->name == function && frame.code->filename.ends_with(file);
}

bool is_dict(Instances& instances, Address object) {
  const Type* type = instances.types().of(object);
  return type != nullptr && (type->has(kDictSubclass) || type->name == "dict");
}

// unrolled_run() has what runs now and what runs next in its variables (Lib trio/_core/_run.py).
void read_turn(Instances& instances, Variables& variables, const RawFrame& frame, TrioRun& run) {
  if (!run.callback.empty()) {
    run.task = local_variable(variables, frame, "task").value_or(0);
  }
  const auto batch = local_variable(variables, frame, "batch");
  run.batch = batch ? length_of(instances.objects(), *batch).value_or(0) : 0;
}

// A thread in trio.run() either waits for files and timers there, or goes on with unrolled_run(), which runs tasks.
std::optional<TrioRun> run_of(Instances& instances, Variables& variables, const RawThread& thread) {
  const auto& frames = thread.chain.frames;  // innermost first
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const bool turn = is_call(frames[i], "unrolled_run", "/trio/_core/_run.py");
    if (!turn && !is_call(frames[i], "run", "/trio/_core/_run.py")) {
      continue;
    }
    const auto runner = local_variable(variables, frames[i], "runner");
    if (!runner || instances.is_none(*runner)) {
      continue;
    }
    TrioRun run{.runner = *runner, .thread = thread.address, .doing = model::LoopDoing::between};
    if (turn && i > 0) {
      run.doing = model::LoopDoing::runs;
      run.callback.assign(frames.rend() - static_cast<std::ptrdiff_t>(i), frames.rend());
    } else if (i > 0 && is_call(frames.front(), "get_events", "/trio/_core/_io_epoll.py")) {
      run.doing = model::LoopDoing::waits;
    }
    if (turn) {
      read_turn(instances, variables, frames[i], run);
    }
    return run;
  }
  return std::nullopt;
}

// A threading.local has the attributes of each thread in a dict, and these in a dict of its own: _localdummy objects
// lead to them (Modules/_threadmodule.c).
std::vector<Address> runners_in(Instances& instances, Address context) {
  const Objects& objects = instances.objects();
  std::vector<Address> runners;
  for (std::uint32_t i = 0; i < kLocalWords; ++i) {
    const auto dicts = part(objects, context, i);
    if (!dicts || !is_dict(instances, *dicts)) {
      continue;
    }
    objects.for_each_entry(*dicts, [&](Address, Address attributes) {
      const auto runner = is_dict(instances, attributes) ? objects.lookup(attributes, "runner") : std::nullopt;
      if (runner) {
        runners.push_back(*runner);
      }
      return runners.size() < kMostRuns;
    });
  }
  return runners;
}

}  // namespace

std::optional<Address> find_trio(const Objects& objects, Address interpreter) {
  const Layout& layout = objects.layout();
  const auto modules = objects.pointer(interpreter, layout.interpreter.modules);
  const auto module = modules && *modules != 0 ? objects.lookup(*modules, "trio._core._run") : std::nullopt;
  const auto dict = module ? objects.pointer(*module, layout.module.dict) : std::nullopt;
  return dict && *dict != 0 ? objects.lookup(*dict, "GLOBAL_RUN_CONTEXT") : std::nullopt;
}

std::vector<TrioRun> trio_runs(Instances& instances, Variables& variables, const RawInterpreter& interpreter,
                               Address context) {
  std::vector<TrioRun> runs;
  const auto known = [&](Address runner) { return std::ranges::find(runs, runner, &TrioRun::runner) != runs.end(); };
  for (const RawThread& thread : interpreter.threads) {
    auto run = run_of(instances, variables, thread);
    if (run && !known(run->runner)) {
      runs.push_back(std::move(*run));
    }
  }
  for (const Address runner : runners_in(instances, context)) {
    if (!known(runner)) {
      const bool guest = instances.truth(runner, "is_guest").value_or(false);
      runs.push_back({.runner = runner, .doing = guest ? model::LoopDoing::guest : model::LoopDoing::nothing});
    }
  }
  return runs;
}

}  // namespace stillframe::cpython
