#include "cpython/tasks/loop_threads.h"

#include <algorithm>
#include <ranges>

#include "cpython/sync/work_queue.h"
#include "cpython/tasks/scheduler_calls.h"

namespace stillframe::cpython {
namespace {

bool is_call(const RawFrame& frame, std::string_view function, std::string_view file) {
  return frame.code->name == function && frame.code->filename.ends_with(file);
}

// The loop that a call is about: run_forever() of its own, run() of asyncio.runners (a loop of its own to 3.10, that of
// the Runner since), run_until_complete() of loops whose own calls cannot be seen.
std::optional<Address> loop_of(Instances& instances, Variables& variables, const RawFrame& frame) {
  if (is_call(frame, "run_forever", "/asyncio/base_events.py")) {
    return local_variable(variables, frame, "self");
  }
  if (is_call(frame, "run", "/asyncio/runners.py")) {
    if (const auto loop = local_variable(variables, frame, "loop")) {
      return loop;
    }
    const auto runner = local_variable(variables, frame, "self");
    const auto loop = runner ? instances.get(*runner, "_loop") : std::nullopt;
    return loop && !instances.is_none(*loop) ? loop : std::nullopt;
  }
  return std::nullopt;
}

// What the thread does, by the calls within the loop's own: `inner` of them.
void tell_doing(const FrameChain& chain, std::size_t inner, RunningLoop& found) {
  const auto calls = std::span(chain.frames).first(inner);  // innermost first
  const auto runs = std::ranges::find_if(
      calls | std::views::reverse, [](const RawFrame& frame) { return is_call(frame, "_run", "/asyncio/events.py"); });
  if (runs != (calls | std::views::reverse).end()) {
    found.doing = model::LoopDoing::runs;
    found.callback.assign(std::next(runs), (calls | std::views::reverse).end());
    return;
  }
  const bool selects =
      !calls.empty() && calls.front().code->name == "select" && calls.front().code->filename.ends_with("/selectors.py");
  found.doing = selects ? model::LoopDoing::waits : model::LoopDoing::between;
}

}  // namespace

std::vector<RunningLoop> running_loops(Instances& instances, Variables& variables, const RawInterpreter& interpreter) {
  std::vector<RunningLoop> found;
  for (const RawThread& thread : interpreter.threads) {
    for (std::size_t i = 0; i < thread.chain.frames.size(); ++i) {
      const auto loop = loop_of(instances, variables, thread.chain.frames[i]);
      if (!loop) {
        continue;
      }
      RunningLoop running{.loop = *loop, .thread = thread.address};
      tell_doing(thread.chain, i, running);
      found.push_back(std::move(running));
      break;  // a thread runs one loop at a time
    }
  }
  return found;
}

Address add_calls(const RawInterpreter& interpreter, AwaitChain& chain) {
  const Address frame = chain.frames.back().address;
  for (const RawThread& thread : interpreter.threads) {
    const auto& frames = thread.chain.frames;  // innermost first
    const auto own = std::ranges::find(frames, frame, &RawFrame::address);
    if (own != frames.end()) {
      chain.frames.pop_back();
      std::ranges::copy(std::span(frames.begin(), std::next(own)) | std::views::reverse,
                        std::back_inserter(chain.frames));
      return thread.address;
    }
  }
  return 0;
}

void add_task(const RawInterpreter& interpreter, AwaitChain chain, std::string_view file, RawTask task,
              RawTasks& found) {
  if (chain.running) {
    add_calls(interpreter, chain);
  } else {
    fold_calls(chain, file);
  }
  task.frames = std::move(chain.frames);
  task.broken = std::move(chain.broken);
  found.tasks.push_back(std::move(task));
}

Workers find_workers(Instances& instances, Variables& variables, const RawInterpreter& interpreter) {
  Workers workers;
  for (const RawThread& thread : interpreter.threads) {
    for (const RawFrame& frame : thread.chain.frames) {
      // WorkerThread.run() of AnyIO, which keeps the future in a variable.
      const auto job = is_call(frame, "run", "/anyio/_backends/_asyncio.py")
                           ? local_variable(variables, frame, "future")
                           : future_run_by(instances.objects(), variables, frame);
      if (job) {
        workers.emplace(*job, thread.address);
      }
    }
  }
  return workers;
}

}  // namespace stillframe::cpython
