#include "cpython/tasks/curio/kernels.h"

#include <algorithm>
#include <ranges>
#include <span>

#include "cpython/values/fields.h"

namespace stillframe::cpython {
namespace {

bool is_of(const RawFrame& frame, std::string_view file) {
  return frame.code->filename.ends_with(file);
}

// The kernel's loop is a function within Kernel._make_kernel_runtime(), whose variables it shares (curio 1.0 to 1.6).
bool is_loop(const RawFrame& frame) {
  return frame.code->name == "kernel_run" && is_of(frame, "/curio/kernel.py");
}

// What the thread does, by the calls within the kernel's own loop. A task is resumed by Task.send() (curio/task.py).
void tell_doing(std::span<const RawFrame> inner, CurioKernel& found) {
  if (inner.empty()) {
    return;
  }
  if (inner.front().code->name == "select" && is_of(inner.front(), "/selectors.py")) {
    found.doing = model::LoopDoing::waits;
    return;
  }
  const auto outward = inner | std::views::reverse;  // outermost first
  const auto own = std::ranges::find_if(outward, [](const RawFrame& frame) {
    return !is_of(frame, "/curio/task.py") && !is_of(frame, "/curio/kernel.py");
  });
  if (own != outward.end()) {
    found.doing = model::LoopDoing::runs;
    found.callback.assign(own, outward.end());
  }
}

std::optional<CurioKernel> kernel_of(Instances& instances, Variables& variables, const RawThread& thread) {
  const std::span<const RawFrame> frames = thread.chain.frames;  // innermost first
  std::size_t loop = frames.size();
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (is_loop(frames[i])) {
      loop = std::min(loop, i);
    }
    if (frames[i].code->name != "run" || !is_of(frames[i], "/curio/kernel.py")) {
      continue;
    }
    const auto kernel = local_variable(variables, frames[i], "self");
    if (!kernel || !instances.is_a(*kernel, "curio.kernel.Kernel")) {
      continue;
    }
    CurioKernel found{.kernel = *kernel, .thread = thread.address};
    if (loop < i) {
      tell_doing(frames.first(loop), found);
      const auto current = local_variable(variables, frames[loop], "current");
      found.task = current && !instances.is_none(*current) ? *current : 0;
      const auto ready = local_variable(variables, frames[loop], "ready");
      found.ready = ready ? length_of(instances.objects(), *ready) : std::nullopt;
    }
    return found;
  }
  return std::nullopt;
}

}  // namespace

bool has_curio(const Objects& objects, Address interpreter) {
  const auto modules = objects.pointer(interpreter, objects.layout().interpreter.modules);
  return modules && *modules != 0 && objects.lookup(*modules, "curio.kernel").has_value();
}

std::vector<CurioKernel> curio_kernels(Instances& instances, Variables& variables, const RawInterpreter& interpreter) {
  std::vector<CurioKernel> found;
  for (const RawThread& thread : interpreter.threads) {
    auto kernel = kernel_of(instances, variables, thread);
    if (kernel && std::ranges::find(found, kernel->kernel, &CurioKernel::kernel) == found.end()) {
      found.push_back(std::move(*kernel));
    }
  }
  return found;
}

}  // namespace stillframe::cpython
