#include "render/text_stack.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "render/escape.h"
#include "render/folding.h"
#include "render/text_frame.h"
#include "render/words.h"
#include "text/phrases.h"

namespace stillframe::render {
namespace {

// Why frames are missing, or stand where they do.
template <typename Shown>
void write_remarks(Screen& screen, const Shown& stack) {
  const auto remark = [&screen](std::string_view what, std::string_view why) {
    screen.paragraph(fmt::format("  [{}: {}]", what, escaped(why)), "   ", style::kWarning);
  };
  if constexpr (requires { stack.torn; }) {
    if (stack.torn) {
      remark("calls of different moments may stand here together", "the thread ran while it was read");
    }
  }
  if (!stack.complete) {
    remark("outer frames are missing", stack.incomplete_reason.value_or("unknown"));
  }
  if (stack.frames.empty() && stack.complete) {
    screen.line("  (no Python frame)", style::kFaint);
  }
  if (stack.merge_conflict) {
    remark("Python's calls and the native ones could not be merged, so the native ones follow", *stack.merge_conflict);
  }
  if (stack.native_end) {
    remark("the native stack is not whole", *stack.native_end);
  }
}

void write_frames(Screen& screen, std::span<const model::Frame> frames, CaretStyle carets) {
  if (!screen.options().fold) {
    for (const model::Frame& frame : frames) {
      write_frame(screen, frame, carets);
    }
    return;
  }
  for (const Run& run : fold_frames(frames)) {
    for (const model::Frame& frame : frames.subspan(run.first, run.length)) {
      write_frame(screen, frame, carets);
    }
    if (run.times > 1) {
      const std::string what =
          run.length == 1 ? std::string("the frame above") : fmt::format("the {} frames above", run.length);
      screen.line(fmt::format("  ... {} repeated {}{}", what, text::with_count(run.times - 1, "more time"),
                              run.other_values ? ", with other values (--no-fold shows them)" : ""),
                  style::kFaint);
    }
  }
}

template <typename Shown>
void write_any_stack(Screen& screen, const Shown& stack, CaretStyle carets) {
  write_remarks(screen, stack);
  if (screen.options().hide_plumbing && std::ranges::any_of(stack.frames, &model::Frame::plumbing)) {
    std::vector<model::Frame> shown;
    std::ranges::copy_if(stack.frames, std::back_inserter(shown), std::not_fn(&model::Frame::plumbing));
    write_frames(screen, shown, carets);
    return;
  }
  write_frames(screen, stack.frames, carets);
}

}  // namespace

void write_stack(Screen& screen, const model::Thread& thread, CaretStyle carets) {
  write_any_stack(screen, thread, carets);
}

void write_stack(Screen& screen, const model::Greenlet& greenlet, CaretStyle carets) {
  write_any_stack(screen, greenlet, carets);
}

}  // namespace stillframe::render
