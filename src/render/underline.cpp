#include "render/underline.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "render/anchors.h"
#include "render/escape.h"
#include "text/display_width.h"

namespace stillframe::render {
namespace {

constexpr std::string_view kBlanks = " \t\f";

// Bytes [begin, end) of the line.
struct Part {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool one_line = true;
};

std::optional<Part> running_part(const model::Frame& frame, std::string_view text, std::size_t indent) {
  if (!frame.byte_column || !frame.column || *frame.byte_column < 0 || !frame.end_byte_column) {
    return std::nullopt;
  }
  const bool one_line = frame.end_line == frame.line;
  const auto begin = static_cast<std::size_t>(*frame.byte_column);
  const std::size_t end =
      one_line ? static_cast<std::size_t>(std::max(*frame.end_byte_column, 0)) : indent + text.size();
  if (begin < indent || end <= begin || end > indent + text.size()) {
    return std::nullopt;
  }
  return Part{.begin = begin - indent, .end = end - indent, .one_line = one_line};
}

std::string_view without_blanks_behind(std::string_view text) {
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

// Whether a statement may end before `rest`, but for brackets around its value.
bool ends_statement(std::string_view rest) {
  const auto first = rest.find_first_not_of(" \t\f)");
  return first == std::string_view::npos || rest[first] == '#' || rest[first] == ';';
}

// Whether `before` is "x =": one name that is assigned to.
bool assigns_to_name(std::string_view before) {
  return before.ends_with('=') && is_name(without_blanks_behind(before.substr(0, before.size() - 1)));
}

std::size_t shown_width(std::string_view text) {
  return static_cast<std::size_t>(text::display_width(escaped(text)));
}

// 3.13 and later leave `x = f(…)` and `return f(…)` unmarked: the statement does nothing but the call.
bool is_plain_call(std::string_view text, const Part& part, const Anchor& anchor) {
  if (anchor.kind != AnchorKind::call || !ends_statement(text.substr(part.end))) {
    return false;
  }
  std::string_view before = text.substr(0, part.begin);
  before = before.substr(0, before.find_last_not_of(" \t\f(") + 1);
  const std::string_view callee = without_blanks_behind(text.substr(part.begin, anchor.begin));
  return assigns_to_name(before) || (before == "return" && is_name(callee));
}

std::optional<Anchor> anchor_of(std::string_view part, CaretStyle style) {
  const auto anchor = find_anchor(part);
  const bool unknown_yet = anchor && anchor->kind == AnchorKind::call && style == CaretStyle::to_3_12;
  return unknown_yet ? std::nullopt : anchor;
}

// The lines of an expression without the indentation that they share (textwrap.dedent), and the part of them that runs.
class Block {
 public:
  // Nothing where the columns do not fit the lines.
  static std::optional<Block> of(const model::Frame& frame) {
    if (!frame.source_lines || !frame.byte_column || !frame.end_byte_column) {
      return std::nullopt;
    }
    Block block;
    for (std::string_view rest = *frame.source_lines;;) {
      const auto end = std::min(rest.find('\n'), rest.size());
      block.lines_.push_back(rest.substr(0, rest.substr(0, end).find_last_not_of(" \t\f\v\r") + 1));
      if (end == rest.size()) {
        break;
      }
      rest.remove_prefix(end + 1);
    }
    const bool fits = block.lines_.size() >= 2 && *frame.byte_column >= 0 && *frame.end_byte_column >= 0 &&
                      static_cast<std::size_t>(*frame.byte_column) < block.lines_.front().size() &&
                      static_cast<std::size_t>(*frame.end_byte_column) <= block.lines_.back().size();
    if (!fits) {
      return std::nullopt;
    }
    const std::size_t margin = shared_indent(block.lines_).size();
    for (std::string_view& line : block.lines_) {
      line.remove_prefix(std::min(margin, line.size()));
      block.begins_.push_back(block.text_.size());
      block.text_.append(line).append("\n");
    }
    block.text_.pop_back();
    block.part_.begin = behind(*frame.byte_column, margin);
    block.part_.end = block.begins_.back() + behind(*frame.end_byte_column, margin);
    return block.part_.begin < block.part_.end ? std::optional(std::move(block)) : std::nullopt;
  }

  std::vector<MarkedLine> show() {
    const std::string_view text = text_;
    anchor_ = find_anchor(text.substr(part_.begin, part_.end - part_.begin));
    const bool alone = text.substr(0, part_.begin).find_first_not_of(kBlanks) == std::string_view::npos &&
                       text.substr(part_.end).find_first_not_of(kBlanks) == std::string_view::npos;
    marked_ = anchor_ ? !is_plain_call(text, part_, *anchor_) : !alone;
    std::vector<MarkedLine> shown;
    std::optional<std::size_t> last;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (!is_shown(i)) {
        continue;
      }
      const std::size_t left_out = last ? i - *last - 1 : 0;
      if (left_out == 1) {
        shown.push_back(marked(i - 1));
      } else if (left_out > 1) {
        shown.push_back({.text = "...<" + std::to_string(left_out) + " lines>...", .marks = {}});
      }
      shown.push_back(marked(i));
      last = i;
    }
    dedent(shown);
    return shown;
  }

 private:
  // A line is shown at either end, and next to where the operator or the brackets begin and end.
  [[nodiscard]] bool is_shown(std::size_t line) const {
    const auto near = [&](std::size_t other) { return line + 1 >= other && line <= other + 1; };
    return line == 0 || line + 1 == lines_.size() ||
           (anchor_ && (near(line_of(part_.begin + anchor_->begin)) || near(line_of(part_.begin + anchor_->end))));
  }

  [[nodiscard]] std::size_t line_of(std::size_t offset) const {
    return static_cast<std::size_t>(std::ranges::upper_bound(begins_, offset) - begins_.begin()) - 1;
  }

  [[nodiscard]] MarkedLine marked(std::size_t number) const {
    const std::string_view line = lines_[number];
    MarkedLine shown{.text = escaped(line), .marks = {}};
    const std::size_t begin = begins_[number];
    const std::size_t indent = std::min(line.find_first_not_of(kBlanks), line.size());
    const std::size_t from = std::max(begin + indent, part_.begin);
    const std::size_t to = std::min(begin + line.size(), part_.end);
    if (!marked_ || from >= to) {
      return shown;
    }
    // [from, to) is cut where the operator begins and ends.
    const auto cut = [&](std::size_t offset) { return std::clamp(offset, from, to); };
    const std::size_t left = anchor_ ? cut(part_.begin + anchor_->begin) : from;
    const std::size_t right = anchor_ ? cut(part_.begin + anchor_->end) : to;
    const auto width = [&](std::size_t first, std::size_t last) {
      return shown_width(std::string_view(text_).substr(first, last - first));
    };
    shown.marks.append(width(begin, from), ' ').append(width(from, left), '~');
    shown.marks.append(width(left, right), '^').append(width(right, to), '~');
    return shown;
  }

  static std::size_t behind(std::int32_t offset, std::size_t margin) {
    const auto whole = static_cast<std::size_t>(offset);
    return whole - std::min(margin, whole);
  }

  template <typename Lines>
  static std::string_view shared_indent(const Lines& lines) {
    std::optional<std::string_view> shared;
    for (const std::string_view line : lines) {
      const auto indent = line.substr(0, line.find_first_not_of(" \t"));
      if (indent.size() == line.size()) {
        continue;  // nothing but blanks
      }
      const auto [end, other] = std::ranges::mismatch(shared.value_or(indent), indent);
      shared = indent.substr(0, static_cast<std::size_t>(other - indent.begin()));
    }
    return shared.value_or("");
  }

  // What the lines shown still share goes as well.
  static void dedent(std::vector<MarkedLine>& shown) {
    std::vector<std::string_view> texts;
    texts.reserve(shown.size());
    for (const MarkedLine& line : shown) {
      texts.emplace_back(line.text);
    }
    const std::size_t margin = shared_indent(texts).size();
    for (MarkedLine& line : shown) {
      line.text.erase(0, margin);
      line.marks.erase(0, margin);
    }
  }

  std::vector<std::string_view> lines_;
  std::vector<std::size_t> begins_;  // of the lines in `text_`
  std::string text_;                 // the lines again, in one piece
  Part part_;
  std::optional<Anchor> anchor_;
  bool marked_ = false;
};

}  // namespace

std::vector<MarkedLine> marked_lines(const model::Frame& frame) {
  auto block = Block::of(frame);
  return block ? block->show() : std::vector<MarkedLine>{};
}

CaretStyle caret_style(std::string_view version) {
  const std::string text(version);
  int major = 0;
  int minor = 0;
  const char* const end = text.c_str() + text.size();
  const auto first = std::from_chars(text.c_str(), end, major);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.') {
    return CaretStyle::from_3_13;
  }
  const auto second = std::from_chars(first.ptr + 1, end, minor);
  return second.ec == std::errc{} && major == 3 && minor < 13 ? CaretStyle::to_3_12 : CaretStyle::from_3_13;
}

std::string underline(const model::Frame& frame, std::string_view text, std::size_t indent, CaretStyle style) {
  const auto part = running_part(frame, text, indent);
  if (!part) {
    return {};
  }
  const auto width = [&](std::size_t from, std::size_t to) { return shown_width(text.substr(from, to - from)); };
  const auto anchor =
      part->one_line ? anchor_of(text.substr(part->begin, part->end - part->begin), style) : std::nullopt;
  const bool plain = anchor && style == CaretStyle::from_3_13 && is_plain_call(text, *part, *anchor);
  const bool whole = !anchor && part->begin == 0 && part->end == text.size();
  if (plain || whole) {
    return {};
  }
  std::string marks(width(0, part->begin), ' ');
  if (!anchor) {
    return marks.append(width(part->begin, part->end), '^');
  }
  const std::size_t from = part->begin + anchor->begin;
  const std::size_t to = part->begin + anchor->end;
  return marks.append(width(part->begin, from), '~').append(width(from, to), '^').append(width(to, part->end), '~');
}

}  // namespace stillframe::render
