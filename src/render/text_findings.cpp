#include "render/text_findings.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "render/escape.h"
#include "render/words.h"

namespace stillframe::render {
namespace {

constexpr std::string_view kFindingIndent = "           ";

void write_list(Screen& screen, std::string_view label, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    const std::string_view lead = &line == lines.data() ? label : kFindingIndent;
    screen.paragraph(fmt::format("{}{}", lead, escaped(line)), std::string(kFindingIndent) + "  ");
  }
}

void write_finding(Screen& screen, const model::Finding& finding) {
  screen.blank_line();
  screen.paragraph(fmt::format("{}: {}", json_name(finding.severity), escaped(finding.title)), "  ", style::kMark);
  if (!finding.detail.empty()) {
    screen.paragraph("  unproven: " + escaped(finding.detail), std::string(kFindingIndent) + "  ");
  }
  write_list(screen, "  because: ", finding.evidence);
  write_list(screen, "  try:     ", finding.advice);
}

}  // namespace

void write_findings(Screen& screen, std::span<const model::Finding> findings) {
  for (const model::Finding& finding : findings) {
    write_finding(screen, finding);
  }
}

}  // namespace stillframe::render
