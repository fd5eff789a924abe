#include "render/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <span>
#include <vector>

#include "model/display_width.h"
#include "render/escape.h"
#include "render/folding.h"
#include "render/underline.h"
#include "render/values.h"
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
  Writer(const model::Still& still, const TextOptions& options)
      : still_(still), options_(options), caret_style_(caret_style(still.python ? still.python->version : "")) {}

  std::string write() {
    write_heading();
    write_crash();
    write_findings();
    if (options_.fold) {
      for (const auto& group : group_threads(still_)) {
        write_thread(*group.front(), std::span(group).subspan(1));
      }
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
  void line(std::string_view text, std::string_view look = {}) { write(cut(text, options_.width), look); }

  // What must be read whole: broken between words.
  void paragraph(std::string_view text, std::string_view indent, std::string_view look = {}) {
    write(wrapped(text, indent, options_.width), look);
  }

  void write(std::string_view shown, std::string_view look) {
    out_ += styled(shown, look);
    out_ += '\n';
  }

  [[nodiscard]] std::string styled(std::string_view text, std::string_view look) const {
    return options_.color && !look.empty() && !text.empty() ? fmt::format("{}{}{}", look, text, style::kOff)
                                                            : std::string(text);
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
    text += python.build ? " " + escaped(*python.build) : "";
    text += python.debug_build ? ", debug build" : "";
    const bool told = python.build && python.build->find("free-threading") != std::string::npos;
    text += python.free_threaded && !told ? ", free-threaded" : "";
    text += python.state == model::PythonState::initializing ? ", only just starting" : "";
    text += python.state == model::PythonState::finalizing ? ", finalizing (shutting down)" : "";
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

  // One line; on a terminal that is too narrow for it, one line a fact, so that none is cut away.
  void write_heading() {
    const std::string pid = still_.source.pid ? fmt::format("{}", *still_.source.pid) : "?";
    const bool core = still_.source.kind == model::SourceKind::core;
    const std::string who =
        core ? fmt::format("Core {} of process {}", escaped(still_.source.core.value_or("?")), pid) : "Process " + pid;
    const std::string what = who + ": " + command();
    const std::string all = what + " | " + python() + " | " + how();
    if (options_.width == 0 || model::display_width(all) <= options_.width) {
      line(all, style::kHeading);
      return;
    }
    line(what, style::kHeading);
    line("  " + python(), style::kHeading);
    line("  " + how(), style::kHeading);
  }

  void write_crash() {
    if (!still_.crash) {
      return;
    }
    const model::Crash& crash = *still_.crash;
    std::string text = "Died of " + escaped(crash.signal_name);
    text += crash.code ? fmt::format(" ({})", escaped(*crash.code)) : "";
    text += crash.fault_address ? fmt::format(" at address {:#x}", *crash.fault_address) : "";
    text += crash.tid ? fmt::format(" in thread {}", *crash.tid) : "";
    if (crash.sender_pid) {
      text += fmt::format(", sent by process {}", *crash.sender_pid);
      text += crash.sender_uid ? fmt::format(" of user {}", *crash.sender_uid) : "";
    }
    paragraph(text, "  ", style::kMark);
  }

  void write_findings() {
    for (const model::Finding& finding : still_.findings) {
      line(fmt::format("{}: {}", json_name(finding.severity), escaped(finding.title)), style::kMark);
      paragraph("  " + escaped(finding.detail), "  ");
    }
  }

  [[nodiscard]] std::string title(const model::Thread& thread) const {
    std::string text = thread.tid ? fmt::format("Thread {}", *thread.tid) : std::string("Thread ?");
    text += thread.name ? fmt::format(" \"{}\"", escaped(*thread.name)) : "";
    text += thread.os_name && thread.os_name != thread.name ? fmt::format(" ({})", escaped(*thread.os_name)) : "";
    if (still_.interpreters.size() > 1 && thread.interpreter) {
      text += fmt::format(" in interpreter {}", *thread.interpreter);
    }
    const std::string state = state_in_words(thread, still_);
    text += state.empty() ? "" : ": " + escaped(state);
    if (thread.waiting_on) {
      text += fmt::format(
          ", in {}", escaped(thread.waiting_on->text.empty() ? thread.waiting_on->syscall : thread.waiting_on->text));
    }
    return text;
  }

  void write_thread(const model::Thread& thread, std::span<const model::Thread* const> alike) {
    out_ += '\n';
    paragraph(title(thread), "    ", style::kHeading);
    if (!alike.empty()) {
      std::string others = fmt::format("  and {} with the same stack:",
                                       with_count(static_cast<std::int64_t>(alike.size()), "more thread"));
      for (const model::Thread* other : alike) {
        others += other->tid ? fmt::format(" {}", *other->tid) : " ?";
        others += other->name ? fmt::format(" \"{}\"", escaped(*other->name)) : "";
        others += other == alike.back() ? "" : ",";
      }
      paragraph(others, "    ", style::kFaint);
    }
    write_stack(thread);
    write_greenlets(thread);
  }

  // Below the stack that runs, those that wait for their turn in the same thread.
  void write_greenlets(const model::Thread& thread) {
    if (!options_.fold) {
      for (const model::Greenlet& greenlet : thread.greenlets) {
        write_greenlet(greenlet, {});
      }
      return;
    }
    for (const auto& group : group_greenlets(thread)) {
      write_greenlet(*group.front(), std::span(group).subspan(1));
    }
  }

  void write_greenlet(const model::Greenlet& greenlet, std::span<const model::Greenlet* const> alike) {
    std::string text = fmt::format("  Greenlet {:#x}", greenlet.address);
    text += greenlet.type ? fmt::format(" ({})", escaped(*greenlet.type)) : "";
    text += greenlet.main ? ", the thread's main one, suspended:" : ", suspended:";
    out_ += '\n';
    paragraph(text, "    ", style::kHeading);
    if (!alike.empty()) {
      std::string others = fmt::format("  and {} with the same stack:",
                                       with_count(static_cast<std::int64_t>(alike.size()), "more greenlet"));
      // Programs have thousands of them.
      constexpr std::size_t kMostNamed = 16;
      for (const model::Greenlet* other : alike.first(std::min(alike.size(), kMostNamed))) {
        others += fmt::format("{} {:#x}", other == alike.front() ? "" : ",", other->address);
      }
      others += alike.size() > kMostNamed ? ", ..." : "";
      paragraph(others, "    ", style::kFaint);
    }
    write_stack(greenlet);
  }

  // The frames of a thread or of a greenlet, and what is to be said of them.
  template <typename Shown>
  void write_stack(const Shown& stack) {
    if (!stack.complete) {
      paragraph(fmt::format("  [outer frames are missing: {}]", escaped(stack.incomplete_reason.value_or("unknown"))),
                "   ", style::kWarning);
    }
    if (stack.frames.empty() && stack.complete) {
      line("  (no Python frame)", style::kFaint);
    }
    if (stack.merge_conflict) {
      paragraph(fmt::format("  [Python's calls and the native ones could not be merged, so the native ones follow: {}]",
                            escaped(*stack.merge_conflict)),
                "   ", style::kWarning);
    }
    if (stack.native_end) {
      paragraph(fmt::format("  [the native stack is not whole: {}]", escaped(*stack.native_end)), "   ",
                style::kWarning);
    }
    if (options_.hide_plumbing && std::ranges::any_of(stack.frames, &model::Frame::plumbing)) {
      std::vector<model::Frame> shown;
      std::ranges::copy_if(stack.frames, std::back_inserter(shown), std::not_fn(&model::Frame::plumbing));
      write_frames(shown);
      return;
    }
    write_frames(stack.frames);
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
        const std::string what =
            run.length == 1 ? std::string("the frame above") : fmt::format("the {} frames above", run.length);
        line(fmt::format("  ... {} repeated {}", what,
                         with_count(static_cast<std::int64_t>(run.times) - 1, "more time")),
             style::kFaint);
      }
    }
  }

  static std::string function_name(const model::Frame& frame) {
    const std::string_view name = frame.qualified_name.value_or(frame.function);
    return name.empty() && frame.lost_code ? fmt::format("<code object at {:#x} is not in the core>", *frame.lost_code)
                                           : escaped(name);
  }

  // `  File "/srv/app.py", line 12, in Order.inner`, as in a traceback. Where it is too long, the file's folders go.
  void write_frame(const model::Frame& frame) {
    const bool native = frame.kind == model::FrameKind::native;
    if (native && !frame.file) {
      write_unplaced(frame);
      return;
    }
    std::string file = escaped(frame.file.value_or("?"));
    const std::string number = frame.line ? fmt::format("{}", *frame.line) : "?";
    std::string function = function_name(frame);
    const std::string mark = native ? kind_of(frame) : "";
    const std::string around = fmt::format("  File \"\", line {}, in {}", number, mark);
    constexpr int kShortestPart = 12;
    const int room = options_.width - model::display_width(around);
    if (options_.width > 0 && native && room < model::display_width(file) + model::display_width(function)) {
      write_in_two_lines(std::move(file), number, std::move(function), mark);
    } else {
      if (options_.width > 0) {
        file = cut_front(file, std::max(room - model::display_width(function), kShortestPart));
        function = cut(function, std::max(room - model::display_width(file), kShortestPart));
      }
      write(cut_if_plain(fmt::format("  File {}, line {}, in {}{}", styled("\"" + file + "\"", style::kFile), number,
                                     styled(function, style::kFunction), styled(mark, style::kFaint))),
            {});
    }
    write_source(frame);
    for (const std::string& one : value_lines(frame)) {
      write(wrapped("      " + one, "                   ", options_.width), {});
    }
  }

  // Names of C++ functions and of the files of a build are long: on a screen where they do not fit side by side.
  void write_in_two_lines(std::string file, std::string_view number, std::string function, std::string_view mark) {
    constexpr int kShortestPart = 12;
    const auto room = [&](const std::string& around) {
      return std::max(options_.width - model::display_width(around), kShortestPart);
    };
    file = cut_front(file, room(fmt::format("  File \"\", line {}", number)));
    function = cut(function, room(fmt::format("    in {}", mark)));
    write(cut_if_plain(fmt::format("  File {}, line {}", styled("\"" + file + "\"", style::kFile), number)), {});
    write(cut_if_plain(fmt::format("    in {}{}", styled(function, style::kFunction), styled(mark, style::kFaint))),
          {});
  }

  // What a native frame is, and where from: ` (native, inlined, libpython3.12.so.1.0)`.
  static std::string kind_of(const model::Frame& frame) {
    std::string text = " (native";
    text += frame.inlined ? ", inlined" : "";
    text += frame.macro ? ", in macro " + escaped(*frame.macro) : "";
    text += frame.guessed ? ", a guess" : "";
    if (frame.library) {
      text += ", " + escaped(frame.library->substr(frame.library->rfind('/') + 1));
    }
    return text + ")";
  }

  // A native frame of which no source is known.
  void write_unplaced(const model::Frame& frame) {
    std::string what = escaped(frame.function);
    if (what.empty()) {
      what = frame.library_offset && frame.library
                 ? fmt::format("{}+{:#x}", escaped(frame.library->substr(frame.library->rfind('/') + 1)),
                               *frame.library_offset)
                 : fmt::format("{:#x}", frame.address.value_or(0));
    }
    const std::string mark = kind_of(frame);
    if (options_.width > 0) {
      constexpr int kShortestPart = 12;
      what = cut(what, std::max(options_.width - 5 - model::display_width(mark), kShortestPart));
    }
    write(cut_if_plain(fmt::format("  In {}{}", styled(what, style::kFunction), styled(mark, style::kFaint))), {});
  }

  // On a screen of hardly any columns the shortest parts are still too wide.
  [[nodiscard]] std::string cut_if_plain(const std::string& text) const {
    return options_.color ? text : cut(text, options_.width);
  }

  // Under a source line, from its first column on.
  void write_marks(std::string_view marks) {
    if (!marks.empty()) {
      const auto room = options_.width > 0 ? static_cast<std::size_t>(std::max(options_.width - 4, 0)) : marks.size();
      write("    " + std::string(marks.substr(0, room)), style::kMark);
    }
  }

  void write_source(const model::Frame& frame) {
    if (!frame.source) {
      return;
    }
    const auto lines = caret_style_ == CaretStyle::from_3_13 ? marked_lines(frame) : std::vector<MarkedLine>{};
    for (const MarkedLine& one : lines) {
      line("    " + one.text);
      write_marks(one.marks);
    }
    if (!lines.empty()) {
      return;
    }
    constexpr std::string_view kBlanks = " \t\f";
    const auto indent = std::min(frame.source->find_first_not_of(kBlanks), frame.source->size());
    std::string_view text = frame.source->substr(indent);
    text = text.substr(0, text.find_last_not_of(kBlanks) + 1);
    if (text.empty()) {
      return;
    }
    std::string shown = escaped(text);
    std::string marks = underline(frame, text, indent, caret_style_);
    scroll_to_marks(shown, marks);
    line("    " + shown);
    write_marks(marks);
  }

  // Of a line that is too long for the screen, the part that runs is shown.
  void scroll_to_marks(std::string& shown, std::string& marks) const {
    constexpr std::size_t kIndent = 4;
    const auto width = static_cast<std::size_t>(options_.width);
    if (options_.width <= 2 * static_cast<int>(kIndent) || kIndent + marks.size() < width) {
      return;
    }
    const std::size_t begin = std::min(marks.find_first_not_of(' '), marks.size());
    const std::size_t before = std::min(begin, width / 4);
    const int keep = model::display_width(shown) - static_cast<int>(begin - before);
    if (begin == before) {
      return;
    }
    const int all = model::display_width(shown);
    shown = cut_front(shown, keep);
    const auto gone = static_cast<std::size_t>(all - model::display_width(shown));
    marks.erase(0, std::min(gone, marks.size()));
  }

  void write_warnings() {
    if (!still_.warnings.empty()) {
      out_ += '\n';
    }
    for (const std::string& warning : still_.warnings) {
      paragraph("warning: " + escaped(warning), "  ", style::kWarning);
    }
  }

  const model::Still& still_;
  const TextOptions& options_;
  CaretStyle caret_style_;
  std::string out_;
};

}  // namespace

std::string to_text(const model::Still& still, const TextOptions& options) {
  return Writer(still, options).write();
}

}  // namespace stillframe::render
