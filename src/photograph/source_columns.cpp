#include "photograph/source_columns.h"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>

#include "model/display_width.h"
#include "photograph/source_text.h"

namespace stillframe::photograph {
namespace {

using model::Frame;

// The lines that frames ask of one file; a line that the file has not stays absent.
using Lines = std::unordered_map<std::int32_t, std::optional<std::string_view>>;

// By file name, in order: the warnings come in the same order each time. Names lie in the still's pool.
using Files = std::map<std::string_view, Lines>;

// A file's time stamp and a process's start are told by clocks that agree only to about a second (the kernel gives the
// boot time in whole seconds).
constexpr double kClockSlack = 2.0;

bool wants_source(const Frame& frame) {
  return frame.kind == model::FrameKind::python && frame.file && frame.line && *frame.line > 0;
}

bool spans_lines(const Frame& frame) {
  return frame.end_line && frame.end_line != frame.line;
}

Files lines_asked_for(const model::Still& still) {
  Files files;
  const Frame* last = nullptr;
  for (const model::Thread& thread : still.threads) {
    for (const Frame& frame : thread.frames) {
      if (!wants_source(frame)) {
        continue;
      }
      // Deep recursion asks for the same line again and again.
      if (last != nullptr && last->file == frame.file && last->line == frame.line && last->end_line == frame.end_line) {
        continue;
      }
      last = &frame;
      Lines& lines = files[*frame.file];
      lines.try_emplace(*frame.line);
      if (spans_lines(frame)) {
        lines.try_emplace(*frame.end_line);
      }
    }
  }
  return files;
}

void read_lines(std::string_view path, Lines& lines, const target::Target& target, model::Still& still) {
  auto source = read_source(target, path);
  if (!source) {
    return;
  }
  for (auto& [number, text] : lines) {
    if (const auto line = source->text.line(number)) {
      text = still.texts.keep(*line);
    }
  }
  const auto started = target.started_at();
  if (started && source->modified_at && *source->modified_at > *started + kClockSlack) {
    still.warnings.push_back("The file " + std::string(path) +
                             " changed after the program started: the lines shown of it may not be those that run.");
  }
}

// The 1-based display column of a byte offset.
std::optional<std::int32_t> display_column(std::optional<std::string_view> line, std::optional<std::int32_t> offset) {
  if (!line || !offset || *offset < 0 || static_cast<std::size_t>(*offset) > line->size()) {
    return std::nullopt;
  }
  return model::display_width(line->substr(0, static_cast<std::size_t>(*offset))) + 1;
}

}  // namespace

void place_columns(Frame& frame, std::optional<std::string_view> first_line,
                   std::optional<std::string_view> last_line) {
  frame.column = display_column(first_line, frame.byte_column);
  frame.end_column = frame.column ? display_column(last_line, frame.end_byte_column) : std::nullopt;
}

void add_sources(model::Still& still, const target::Target& target) {
  Files files = lines_asked_for(still);
  for (auto& [path, lines] : files) {
    read_lines(path, lines, target, still);
  }
  const Lines* lines = nullptr;
  const Frame* last = nullptr;
  for (model::Thread& thread : still.threads) {
    for (Frame& frame : thread.frames) {
      if (!wants_source(frame)) {
        continue;
      }
      if (last == nullptr || last->file->data() != frame.file->data() || last->file->size() != frame.file->size()) {
        lines = &files.at(*frame.file);
      }
      last = &frame;
      frame.source = lines->at(*frame.line);
      place_columns(frame, frame.source, spans_lines(frame) ? lines->at(*frame.end_line) : frame.source);
    }
  }
}

}  // namespace stillframe::photograph
