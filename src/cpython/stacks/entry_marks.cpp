// Which C frame a Python call runs in, as 3.10 and 3.11 tell it.
#include "cpython/stacks/frames.h"

namespace stillframe::cpython {

void mark_entries(const Objects& objects, std::optional<Address> cframe, FrameChain& chain) {
  const auto& layout = objects.layout();
  if (layout.version < PythonVersion{3, 10, 0} || layout.version >= PythonVersion{3, 12, 0}) {
    return;
  }
  // _PyEval_EvalFrameDefault has a local CFrame and puts it before tstate->cframe (Python/ceval.c); the last one is the
  // thread state's own root_cframe.
  auto at = cframe;
  ChainGuard guard(kMaxFrames);
  for (RawFrame& frame : chain.frames) {
    if (!frame.entry) {
      continue;
    }
    const auto previous =
        at && *at != 0 && guard.step(*at) ? objects.pointer(*at, layout.cframe.previous) : std::nullopt;
    if (!previous || *previous == 0) {
      return;
    }
    frame.c_stack_mark = *at;
    at = previous;
  }
}

}  // namespace stillframe::cpython
