#include "render/why.h"

#include <algorithm>
#include <utility>

#include "render/screen.h"
#include "render/text_chains.h"
#include "render/text_findings.h"
#include "render/text_heading.h"

namespace stillframe::render {
namespace {

// Whether the main thread, or whoever begins the first chain, does nothing but wait.
bool waits(const model::Still& still) {
  return still.chains.empty() || still.chains.front().links.front().waits;
}

void write_waits(Screen& screen, const model::Still& still) {
  screen.blank_line();
  screen.line(waits(still) ? "No cause found. What it waits for:" : "No cause found. What it does:");
  write_chains(screen, still.chains);
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
