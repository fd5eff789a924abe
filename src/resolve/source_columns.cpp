#include "resolve/source_columns.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>

#include "model/tasks.h"
#include "resolve/source_text.h"
#include "text/display_width.h"

namespace stillframe::resolve {
namespace {

using model::Frame;

// The lines that frames ask of one file; a line that the file has not stays absent.
using Lines = std::unordered_map<std::int32_t, std::optional<std::string_view>>;

struct Wanted {
  Lines lines;
  bool python = false;  // it may be a member of an archive
};

// By file name, in order: the warnings come in the same order each time. Names lie in the still's pool.
using Files = std::map<std::string_view, Wanted>;

// A file's time stamp and a process's start are told by clocks that agree only to about a second (the kernel gives the
// boot time in whole seconds).
constexpr double kClockSlack = 2.0;

// An expression of more lines is shown by its first one.
constexpr std::int32_t kMostStatementLines = 100;

// Where a frame's source stands.
struct Place {
  std::string_view file;
  std::int32_t line = 0;
  std::int32_t end_line = 0;
  bool operator==(const Place&) const = default;
  [[nodiscard]] bool spans_lines() const { return end_line > line && end_line - line < kMostStatementLines; }
};

std::optional<Place> place_of(const Frame& frame) {
  // A relative name of a compiler counts from where the build was.
  const bool python = frame.kind == model::FrameKind::python;
  if (!frame.file || (!python && !frame.file->starts_with('/')) || !frame.line || *frame.line <= 0) {
    return std::nullopt;
  }
  return Place{.file = *frame.file, .line = *frame.line, .end_line = frame.end_line.value_or(*frame.line)};
}

// Calls `visit` for every frame there is.
template <typename Still, typename Visit>
void for_each_frame(Still& still, const Visit& visit) {
  for (auto& thread : still.threads) {
    std::ranges::for_each(thread.frames, visit);
    for (auto& greenlet : thread.greenlets) {
      std::ranges::for_each(greenlet.frames, visit);
    }
  }
  if (still.tasks) {
    std::ranges::for_each(still.tasks->places, visit);
  }
}

Files lines_asked_for(const model::Still& still) {
  Files files;
  Place last;
  for_each_frame(still, [&](const Frame& frame) {
    const auto place = place_of(frame);
    if (!place || *place == last) {
      return;  // deep recursion asks for the same line again and again
    }
    last = *place;
    Wanted& wanted = files[place->file];
    wanted.python = wanted.python || frame.kind == model::FrameKind::python;
    Lines& lines = wanted.lines;
    lines.try_emplace(place->line);
    lines.try_emplace(place->end_line);
    for (std::int32_t number = place->line + 1; place->spans_lines() && number < place->end_line; ++number) {
      lines.try_emplace(number);
    }
  });
  return files;
}

void read_lines(std::string_view path, Wanted& wanted, const target::Target& target, Sources& sources,
                model::Still& still) {
  SourceFile* source = sources.find(target, path, wanted.python);
  if (source == nullptr) {
    return;
  }
  for (auto& [number, text] : wanted.lines) {
    if (const auto line = source->text.line(number)) {
      text = still.texts.keep(*line);
    }
  }
  const auto started = sources.started_at(target);
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
  return text::display_width(line->substr(0, static_cast<std::size_t>(*offset))) + 1;
}

// The lines of an expression in one text, made once for each place.
class Blocks {
 public:
  std::optional<std::string_view> find(const Place& place, const Lines& lines, model::TextPool& texts) {
    const auto [known, fresh] = known_.try_emplace({place.file, place.line, place.end_line});
    if (fresh) {
      known->second = join(place, lines, texts);
    }
    return known->second;
  }

 private:
  // Far more than a program's stacks ask for; stacks made by someone hostile would ask for much more.
  static constexpr std::size_t kMostBytes = std::size_t{8} << 20U;

  std::optional<std::string_view> join(const Place& place, const Lines& lines, model::TextPool& texts) {
    std::string text;
    for (std::int32_t number = place.line; number <= place.end_line; ++number) {
      const auto line = lines.at(number);
      if (!line || text.size() > room_) {
        return std::nullopt;
      }
      text.append(number == place.line ? "" : "\n").append(*line);
    }
    if (text.size() > room_) {
      return std::nullopt;
    }
    room_ -= text.size();
    return texts.keep(text);
  }

  std::map<std::tuple<std::string_view, std::int32_t, std::int32_t>, std::optional<std::string_view>> known_;
  std::size_t room_ = kMostBytes;
};

}  // namespace

void place_columns(Frame& frame, std::optional<std::string_view> first_line,
                   std::optional<std::string_view> last_line) {
  frame.column = display_column(first_line, frame.byte_column);
  frame.end_column = frame.column ? display_column(last_line, frame.end_byte_column) : std::nullopt;
}

void add_sources(model::Still& still, const target::Target& target, Sources& sources) {
  Files files = lines_asked_for(still);
  for (auto& [path, wanted] : files) {
    read_lines(path, wanted, target, sources, still);
  }
  Blocks blocks;
  const Lines* lines = nullptr;
  std::string_view file;  // that `lines` are of
  for_each_frame(still, [&](Frame& frame) {
    const auto place = place_of(frame);
    if (!place) {
      return;
    }
    if (lines == nullptr || place->file != file) {
      lines = &files.at(place->file).lines;
      file = place->file;
    }
    frame.source = lines->at(place->line);
    if (frame.kind != model::FrameKind::python) {
      return;  // the column is the compiler's
    }
    place_columns(frame, frame.source, lines->at(place->end_line));
    if (place->spans_lines() && frame.byte_column) {
      frame.source_lines = blocks.find(*place, *lines, still.texts);
    }
  });
}

}  // namespace stillframe::resolve
