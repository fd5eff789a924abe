#include "render/text.h"

#include <fmt/format.h>

#include <span>

#include "render/escape.h"
#include "render/folding.h"
#include "render/screen.h"
#include "render/text_findings.h"
#include "render/text_heading.h"
#include "render/text_stack.h"
#include "render/text_thread.h"
#include "render/underline.h"
#include "render/words.h"

namespace stillframe::render {
namespace {

// Below the stack that runs, those that wait for their turn in the same thread.
void write_greenlets(Screen& screen, const model::Thread& thread, CaretStyle carets) {
  if (!screen.options().fold) {
    for (const model::Greenlet& greenlet : thread.greenlets) {
      write_head(screen, greenlet, {});
      write_stack(screen, greenlet, carets);
    }
    return;
  }
  for (const auto& group : group_greenlets(thread)) {
    write_head(screen, *group.front(), std::span(group).subspan(1));
    write_stack(screen, *group.front(), carets);
  }
}

void write_thread(Screen& screen, const model::Still& still, const model::Thread& thread,
                  std::span<const model::Thread* const> alike, CaretStyle carets) {
  write_head(screen, still, thread, alike);
  write_stack(screen, thread, carets);
  write_greenlets(screen, thread, carets);
}

void write_threads(Screen& screen, const model::Still& still) {
  const CaretStyle carets = caret_style(still.python ? still.python->version : "");
  if (!screen.options().fold) {
    for (const model::Thread& thread : still.threads) {
      write_thread(screen, still, thread, {}, carets);
    }
    return;
  }
  for (const auto& group : group_threads(still)) {
    write_thread(screen, still, *group.front(), std::span(group).subspan(1), carets);
  }
}

}  // namespace

std::string to_text(const model::Still& still, const TextOptions& options) {
  Screen screen(options);
  write_heading(screen, still.source, still.python, still.consistency, "stacks");
  write_crash(screen, still);
  write_findings(screen, still.findings);
  write_threads(screen, still);
  write_warnings(screen, still.warnings);
  return std::move(screen).take();
}

}  // namespace stillframe::render
