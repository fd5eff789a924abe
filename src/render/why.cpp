#include "render/why.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "render/escape.h"
#include "render/screen.h"
#include "render/text_findings.h"
#include "render/text_heading.h"
#include "render/words.h"
#include "text/program_code.h"

namespace stillframe::render {
namespace {

// Where a thread is in the program's own code; where none of it runs, in the library's.
std::string place_in_words(const model::Thread& thread) {
  const model::Frame* frame = text::own_frame(thread);
  if (frame == nullptr || !frame->file) {
    return {};
  }
  const std::string line = frame->line ? fmt::format(":{}", *frame->line) : "";
  return fmt::format("{}{} in {}", escaped(*frame->file), line,
                     escaped(frame->qualified_name.value_or(frame->function)));
}

void write_thread(Screen& screen, const model::Still& still, const model::Thread& thread) {
  std::string text = thread.tid ? fmt::format("  thread {}", *thread.tid) : std::string("  thread ?");
  const auto& name = thread.name ? thread.name : thread.os_name;
  text += name ? fmt::format(" \"{}\"", escaped(*name)) : "";
  const std::string doing = doing_in_words(thread, still);
  text += doing.empty() ? "" : ": " + escaped(doing);
  const std::string place = place_in_words(thread);
  text += place.empty() ? "" : "; at " + place;
  screen.paragraph(text, "    ");
}

void write_waits(Screen& screen, const model::Still& still) {
  screen.blank_line();
  screen.line("Nothing that is seen here shows that the program is stuck. Its threads:");
  for (const model::Thread& thread : still.threads) {
    write_thread(screen, still, thread);
  }
}

}  // namespace

std::string why_to_text(const model::Still& still, const TextOptions& options) {
  Screen screen(options);
  write_heading(screen, still.source, still.python, still.consistency, "stacks");
  write_crash(screen, still);
  write_findings(screen, still.findings);
  const bool quiet = std::ranges::all_of(
      still.findings, [](const model::Finding& finding) { return finding.severity == model::Severity::note; });
  if (quiet && !still.crash) {
    write_waits(screen, still);
  }
  write_warnings(screen, still.warnings);
  return std::move(screen).take();
}

}  // namespace stillframe::render
