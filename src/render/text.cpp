#include "render/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "model/display_width.h"
#include "render/anchors.h"
#include "render/escape.h"
#include "render/folding.h"
#include "render/words.h"

namespace stillframe::render {
namespace {

namespace style {
constexpr std::string_view kHeading = "\x1b[1m";
constexpr std::string_view kFile = "\x1b[36m";
constexpr std::string_view kFunction = "\x1b[33m";
constexpr std::string_view kFaint = "\x1b[2m";
constexpr std::string_view kMark = "\x1b[1;31m";
constexpr std::string_view kWarning = "\x1b[1;35m";
constexpr std::string_view kOff = "\x1b[0m";
}  // namespace style

std::string with_count(std::int64_t count, std::string_view one) {
  std::string digits = fmt::format("{}", count);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return fmt::format("{} {}{}", digits, one, count == 1 ? "" : "s");
}

// What was read and how.
class Writer {
 public:
  Writer(const model::Still& still, const TextOptions& options) : still_(still), options_(options) {}

  std::string write() {
    write_heading();
    write_crash();
    write_findings();
    if (options_.fold) {
      write_grouped_threads();
    } else {
      for (const model::Thread& thread : still_.threads) {
        write_thread(thread, {});
      }
    }
    write_warnings();
    return std::move(out_);
  }

 private:
  // One line, cut to the terminal's width, in one style.
  void line(std::string_view text, std::string_view look = {}) {
    const std::string shown = cut(text, options_.width);
    const bool colored = options_.color && !look.empty();
    out_ += colored ? look : std::string_view{};
    out_ += shown;
    out_ += colored ? style::kOff : std::string_view{};
    out_ += '\n';
  }

  [[nodiscard]] std::string command() const {
    if (still_.source.command_line.empty()) {
      return escaped(still_.source.executable.value_or("?"));
    }
    std::string words;
    for (const std::string& word : still_.source.command_line) {
      words += words.empty() ? "" : " ";
      append_escaped(words, word);
    }
    return words;
  }

  [[nodiscard]] std::string python() const {
    if (!still_.python) {
      return "no Python";
    }
    const model::Python& python = *still_.python;
    std::string text = "Python " + escaped(python.version);
    text += python.debug_build ? ", debug build" : "";
    text += python.free_threaded ? ", free-threaded" : "";
    text += python.state == model::PythonState::initializing ? ", only just starting" : "";
    text += python.state == model::PythonState::finalizing ? ", finalizing (shutting down)" : "";
    if (python.build) {
      text += " " + escaped(*python.build);
    }
    return text;
  }

  [[nodiscard]] std::string how() const {
    const model::Consistency& consistency = still_.consistency;
    switch (consistency.method) {
      case model::Method::untouched:
        return "untouched: not stopped, no thread ran meanwhile";
      case model::Method::stopped:
        return fmt::format("{} stopped for {:.2f} ms", with_count(consistency.threads_stopped, "thread"),
                           static_cast<double>(consistency.pause_us) / 1000.0);
      case model::Method::running:
        return consistency.pause_us > 0
                   ? fmt::format("read while running, after {:.2f} ms of stops: stacks may be torn",
                                 static_cast<double>(consistency.pause_us) / 1000.0)
                   : "read while running, not stopped: stacks may be torn";
      case model::Method::core:
        return "from a core file";
    }
    return {};
  }

  void write_heading() {
    const std::string pid = still_.source.pid ? fmt::format("{}", *still_.source.pid) : "?";
    if (still_.source.kind == model::SourceKind::core) {
      line(fmt::format("Core {} of process {}: {} | {}", escaped(still_.source.core.value_or("?")), pid, command(),
                       python()),
           style::kHeading);
    } else {
      line(fmt::format("Process {}: {} | {} | {}", pid, command(), python(), how()), style::kHeading);
    }
  }

  void write_crash() {
    if (!still_.crash) {
      return;
    }
    const model::Crash& crash = *still_.crash;
    std::string text = "Died of " + crash.signal_name;
    text += crash.code ? fmt::format(" ({})", *crash.code) : "";
    text += crash.fault_address ? fmt::format(" at address {:#x}", *crash.fault_address) : "";
    text += crash.tid ? fmt::format(" in thread {}", *crash.tid) : "";
    if (crash.sender_pid) {
      text += fmt::format(", sent by process {}", *crash.sender_pid);
      text += crash.sender_uid ? fmt::format(" of user {}", *crash.sender_uid) : "";
    }
    line(text, style::kMark);
  }

  void write_findings() {
    for (const model::Finding& finding : still_.findings) {
      line(fmt::format("{}: {}", json_name(finding.severity), escaped(finding.title)), style::kMark);
      line("  " + escaped(finding.detail));
    }
  }

  // Threads with equal stacks and states are shown once; what differs is their numbers.
  void write_grouped_threads() {
    std::vector<std::vector<const model::Thread*>> groups;
    std::unordered_map<std::string, std::size_t> by_likeness;
    for (const model::Thread& thread : still_.threads) {
      const auto [at, fresh] = by_likeness.try_emplace(likeness(thread), groups.size());
      if (fresh) {
        groups.emplace_back();
      }
      groups[at->second].push_back(&thread);
    }
    for (const auto& group : groups) {
      write_thread(*group.front(), std::span(group).subspan(1));
    }
  }

  [[nodiscard]] std::string likeness(const model::Thread& thread) const {
    std::string key = fmt::format("{}|{}|{}|", state_in_words(thread, still_), thread.interpreter.value_or(-1),
                                  thread.incomplete_reason.value_or(""));
    for (const model::Frame& frame : thread.frames) {
      // Names and files are pooled: equal ones lie at the same place.
      fmt::format_to(std::back_inserter(key), "{}:{}:{}:{},", static_cast<const void*>(frame.function.data()),
                     static_cast<const void*>(frame.file ? frame.file->data() : nullptr), frame.line.value_or(0),
                     frame.byte_column.value_or(-1));
    }
    return key;
  }

  [[nodiscard]] std::string title(const model::Thread& thread) const {
    std::string text = thread.tid ? fmt::format("Thread {}", *thread.tid) : std::string("Thread ?");
    text += thread.name ? fmt::format(" \"{}\"", escaped(*thread.name)) : "";
    text += thread.os_name && thread.os_name != thread.name ? fmt::format(" ({})", escaped(*thread.os_name)) : "";
    if (still_.interpreters.size() > 1 && thread.interpreter) {
      text += fmt::format(" in interpreter {}", *thread.interpreter);
    }
    const std::string state = state_in_words(thread, still_);
    text += state.empty() ? "" : ": " + state;
    return text;
  }

  void write_thread(const model::Thread& thread, std::span<const model::Thread* const> alike) {
    out_ += '\n';
    line(title(thread), style::kHeading);
    if (!alike.empty()) {
      std::string others = fmt::format("  and {} with the same stack:",
                                       with_count(static_cast<std::int64_t>(alike.size()), "more thread"));
      for (const model::Thread* other : alike) {
        others += other->tid ? fmt::format(" {}", *other->tid) : " ?";
        others += other->name ? fmt::format(" \"{}\"", escaped(*other->name)) : "";
        others += other == alike.back() ? "" : ",";
      }
      line(others, style::kFaint);
    }
    if (!thread.complete) {
      line(fmt::format("  [outer frames are missing: {}]", escaped(thread.incomplete_reason.value_or("unknown"))),
           style::kWarning);
    }
    if (thread.frames.empty() && thread.complete) {
      line("  (no Python frame)", style::kFaint);
    }
    write_frames(thread.frames);
  }

  void write_frames(std::span<const model::Frame> frames) {
    if (!options_.fold) {
      for (const model::Frame& frame : frames) {
        write_frame(frame);
      }
      return;
    }
    for (const Run& run : fold_frames(frames)) {
      for (const model::Frame& frame : frames.subspan(run.first, run.length)) {
        write_frame(frame);
      }
      if (run.times > 1) {
        const std::string what = run.length == 1 ? std::string("the frame above")
                                                 : fmt::format("the {} frames above", run.length);
        line(fmt::format("  ... {} repeated {}", what,
                         with_count(static_cast<std::int64_t>(run.times) - 1, "more time")),
             style::kFaint);
      }
    }
  }

  // `  File "/srv/app.py", line 12, in Order.inner`, as in a traceback.
  void write_frame(const model::Frame& frame) {
    const std::string file = escaped(frame.file.value_or("?"));
    const std::string number = frame.line ? fmt::format("{}", *frame.line) : "?";
    const std::string function = escaped(frame.qualified_name.value_or(frame.function));
    if (options_.color && options_.width == 0) {
      out_ += fmt::format("  File {}\"{}\"{}, line {}, in {}{}{}\n", style::kFile, file, style::kOff, number,
                          style::kFunction, function, style::kOff);
    } else {
      const std::string plain = cut(fmt::format("  File \"{}\", line {}, in {}", file, number, function),
                                    options_.width);
      out_ += options_.color ? colored_frame_line(plain, file, function) : plain;
      out_ += '\n';
    }
    write_source(frame);
  }

  // Colours the file and the function of a line that may have been cut.
  static std::string colored_frame_line(const std::string& plain, const std::string& file,
                                        const std::string& function) {
    const std::string quoted = "\"" + file + "\"";
    const auto file_at = plain.find(quoted);
    const auto function_at = plain.rfind(", in " + function);
    if (file_at == std::string::npos || function_at == std::string::npos) {
      return plain;
    }
    return fmt::format("{}{}{}{}{}, in {}{}{}", plain.substr(0, file_at), style::kFile, quoted, style::kOff,
                       plain.substr(file_at + quoted.size(), function_at - file_at - quoted.size()), style::kFunction,
                       function, style::kOff);
  }

  void write_source(const model::Frame& frame) {
    if (!frame.source) {
      return;
    }
    constexpr std::string_view kBlanks = " \t\f";
    const auto indent = std::min(frame.source->find_first_not_of(kBlanks), frame.source->size());
    std::string_view text = frame.source->substr(indent);
    text = text.substr(0, text.find_last_not_of(kBlanks) + 1);
    if (text.empty()) {
      return;
    }
    line("    " + escaped(text));
    const std::string marks = underline(frame, text, static_cast<std::int32_t>(indent));
    if (!marks.empty()) {
      line("    " + marks, style::kMark);
    }
  }

  // The `~~~^^^` under the running part of a line; empty where it is the whole line or not known.
  static std::string underline(const model::Frame& frame, std::string_view text, std::int32_t indent) {
    if (!frame.byte_column || !frame.column) {
      return {};
    }
    const bool one_line = frame.end_line == frame.line;
    const auto size = static_cast<std::int32_t>(text.size());
    const std::int32_t begin = *frame.byte_column - indent;
    const std::int32_t end = one_line ? frame.end_byte_column.value_or(size + indent) - indent : size;
    if (begin < 0 || end > size || begin >= end || (begin == 0 && end >= size)) {
      return {};
    }
    const auto width = [&](std::int32_t from, std::int32_t to) {
      const auto part = text.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
      return static_cast<std::size_t>(model::display_width(escaped(part)));
    };
    const std::string_view part = text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
    std::string marks(width(0, begin), ' ');
    const auto anchor = one_line ? find_anchor(part) : std::nullopt;
    if (!anchor) {
      return marks + std::string(width(begin, end), '^');
    }
    const auto from = begin + static_cast<std::int32_t>(anchor->begin);
    const auto to = begin + static_cast<std::int32_t>(anchor->end);
    marks += std::string(width(begin, from), '~') + std::string(width(from, to), '^') +
             std::string(width(to, end), '~');
    return marks;
  }

  void write_warnings() {
    if (!still_.warnings.empty()) {
      out_ += '\n';
    }
    for (const std::string& warning : still_.warnings) {
      line("warning: " + escaped(warning), style::kWarning);
    }
  }

  const model::Still& still_;
  const TextOptions& options_;
  std::string out_;
};

}  // namespace

std::string to_text(const model::Still& still, const TextOptions& options) { return Writer(still, options).write(); }

}  // namespace stillframe::render
