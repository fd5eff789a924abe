#include "render/text_source.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "render/escape.h"
#include "text/display_width.h"

namespace stillframe::render {
namespace {

constexpr std::string_view kSourceIndent = "    ";

// A line and, from its first column on, the marks under it.
void write_marked(Screen& screen, const std::string& shown, std::string_view marks) {
  screen.line(std::string(kSourceIndent) + shown);
  if (!marks.empty()) {
    const int columns = std::max(screen.width() - static_cast<int>(kSourceIndent.size()), 0);
    const auto room = screen.width() > 0 ? static_cast<std::size_t>(columns) : marks.size();
    screen.write(std::string(kSourceIndent) + std::string(marks.substr(0, room)), style::kMark);
  }
}

// Of a line that is too long for the screen, the part that runs is shown.
void scroll_to_marks(std::string& shown, std::string& marks, int screen_width) {
  const auto width = static_cast<std::size_t>(screen_width);
  if (screen_width <= 2 * static_cast<int>(kSourceIndent.size()) || kSourceIndent.size() + marks.size() < width) {
    return;
  }
  const std::size_t begin = std::min(marks.find_first_not_of(' '), marks.size());
  const std::size_t before = std::min(begin, width / 4);
  const int keep = text::display_width(shown) - static_cast<int>(begin - before);
  if (begin == before) {
    return;
  }
  const int all = text::display_width(shown);
  shown = cut_front(shown, keep);
  const auto gone = static_cast<std::size_t>(all - text::display_width(shown));
  marks.erase(0, std::min(gone, marks.size()));
}

}  // namespace

void write_source(Screen& screen, const model::Frame& frame, CaretStyle carets) {
  if (!frame.source) {
    return;
  }
  const auto lines = carets == CaretStyle::from_3_13 ? marked_lines(frame) : std::vector<MarkedLine>{};
  for (const MarkedLine& one : lines) {
    write_marked(screen, one.text, one.marks);
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
  std::string marks = underline(frame, text, indent, carets);
  scroll_to_marks(shown, marks, screen.width());
  write_marked(screen, shown, marks);
}

}  // namespace stillframe::render
