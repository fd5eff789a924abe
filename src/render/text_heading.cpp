#include "render/text_heading.h"

#include <fmt/format.h>

#include <string>

#include "render/escape.h"
#include "render/words.h"
#include "text/display_width.h"
#include "text/phrases.h"

namespace stillframe::render {
namespace {

std::string command(const model::Source& source) {
  if (source.command_line.empty()) {
    return escaped(source.executable.value_or("?"));
  }
  std::string words;
  for (const std::string& word : source.command_line) {
    words += words.empty() ? "" : " ";
    append_escaped(words, word);
  }
  return words;
}

std::string python_in_words(const std::optional<model::Python>& found) {
  if (!found) {
    return "no Python";
  }
  const model::Python& python = *found;
  std::string text = "Python " + escaped(python.version);
  text += python.build ? " " + escaped(*python.build) : "";
  text += python.debug_build ? ", debug build" : "";
  const bool told = python.build && python.build->contains("free-threading");
  text += python.free_threaded && !told ? ", free-threaded" : "";
  text += python.state == model::PythonState::initializing ? ", only just starting" : "";
  text += python.state == model::PythonState::finalizing ? ", finalizing (shutting down)" : "";
  return text;
}

std::string how_it_was_read(const model::Consistency& consistency, std::string_view shown) {
  switch (consistency.method) {
    case model::Method::untouched:
      return "untouched: not stopped, no thread ran meanwhile";
    case model::Method::stopped:
      return fmt::format("{} stopped for {:.2f} ms", text::with_count(consistency.threads_stopped, "thread"),
                         static_cast<double>(consistency.pause_us) / 1000.0);
    case model::Method::running:
      return consistency.pause_us > 0 ? fmt::format("read while running, after {:.2f} ms of stops: {} may be torn",
                                                    static_cast<double>(consistency.pause_us) / 1000.0, shown)
                                      : fmt::format("read while running, not stopped: {} may be torn", shown);
    case model::Method::core:
      return "from a core file";
  }
  return {};
}

}  // namespace

void write_heading(Screen& screen, const model::Source& source, const std::optional<model::Python>& found,
                   const model::Consistency& consistency, std::string_view shown) {
  const std::string pid = source.pid ? fmt::format("{}", *source.pid) : "?";
  const bool core = source.kind == model::SourceKind::core;
  const std::string who =
      core ? fmt::format("Core {} of process {}", escaped(source.core.value_or("?")), pid) : "Process " + pid;
  const std::string what = who + ": " + command(source);
  const std::string python = python_in_words(found);
  const std::string how = how_it_was_read(consistency, shown);
  const std::string all = what + " | " + python + " | " + how;
  if (screen.width() == 0 || text::display_width(all) <= screen.width()) {
    screen.line(all, style::kHeading);
    return;
  }
  screen.line(what, style::kHeading);
  screen.line("  " + python, style::kHeading);
  screen.line("  " + how, style::kHeading);
}

void write_crash(Screen& screen, const model::Still& still) {
  if (!still.crash) {
    return;
  }
  const model::Crash& crash = *still.crash;
  std::string text = "Died of " + escaped(crash.signal_name);
  text += crash.code ? fmt::format(" ({})", escaped(*crash.code)) : "";
  text += crash.fault_address ? fmt::format(" at address {:#x}", *crash.fault_address) : "";
  text += crash.tid ? fmt::format(" in thread {}", *crash.tid) : "";
  if (crash.sender_pid) {
    text += fmt::format(", sent by process {}", *crash.sender_pid);
    text += crash.sender_uid ? fmt::format(" of user {}", *crash.sender_uid) : "";
  }
  screen.paragraph(text, "  ", style::kMark);
}

void write_warnings(Screen& screen, std::span<const std::string> warnings) {
  if (!warnings.empty()) {
    screen.blank_line();
  }
  for (const std::string& warning : warnings) {
    screen.paragraph("warning: " + escaped(warning), "  ", style::kWarning);
  }
}

}  // namespace stillframe::render
