#include "render/underline.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "model/display_width.h"
#include "render/anchors.h"
#include "render/escape.h"

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

}  // namespace

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
  const auto width = [&](std::size_t from, std::size_t to) {
    return static_cast<std::size_t>(model::display_width(escaped(text.substr(from, to - from))));
  };
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
