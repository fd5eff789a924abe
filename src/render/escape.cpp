#include "render/escape.h"

#include <fmt/format.h>

#include <algorithm>

#include "text/display_width.h"

namespace stillframe::render {
namespace {

// Characters that change how the rest of a line is shown, break it, or hide in it: bidirectional controls (UAX #9),
// line and paragraph separators, invisible operators, annotations, tags.
bool is_control(std::uint32_t point) {
  const auto in = [point](std::uint32_t first, std::uint32_t last) { return point >= first && point <= last; };
  return point < 0x20 || in(0x7F, 0x9F) || point == 0xAD || point == 0x061C || point == 0x180E || point == 0x200B ||
         in(0x200E, 0x200F) || in(0x2028, 0x202E) || in(0x2060, 0x206F) || point == 0xFEFF || in(0xFFF9, 0xFFFB) ||
         in(0xE0000, 0xE007F);
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::string_view before = text;
    const std::uint32_t point = text::take_code_point(text);
    const std::string_view bytes = before.substr(0, before.size() - text.size());
    if (point == '\t') {
      out += ' ';
    } else if (point == 0xFFFD && bytes.size() == 1) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(bytes.front()));
    } else if (is_control(point)) {
      fmt::format_to(std::back_inserter(out),
                     fmt::runtime(point < 0x100     ? "\\x{:02x}"
                                  : point < 0x10000 ? "\\u{:04x}"
                                                    : "\\U{:08x}"),
                     point);
    } else {
      out += bytes;
    }
  }
}

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(out, text);
  return out;
}

std::string cut(std::string_view text, int width) {
  if (width <= 0 || text::display_width(text) <= width) {
    return std::string(text);
  }
  std::string_view rest = text;
  int used = 0;
  while (!rest.empty()) {
    std::string_view after = rest;
    const int next = text::display_width(text::take_code_point(after));
    if (used + next > width - 1) {
      break;
    }
    used += next;
    rest = after;
  }
  return std::string(text.substr(0, text.size() - rest.size())) + "…";
}

std::string cut_front(std::string_view text, int width) {
  int over = text::display_width(text) - width;
  if (width <= 0 || over <= 0) {
    return std::string(text);
  }
  ++over;  // for the "…"
  while (!text.empty() && over > 0) {
    over -= text::display_width(text::take_code_point(text));
  }
  return "…" + std::string(text);
}

std::string wrapped(std::string_view text, std::string_view indent, int width) {
  if (width <= 0) {
    return std::string(text);
  }
  std::string out;
  int used = 0;
  while (!text.empty()) {
    const auto blank = std::min(text.find(' ', 1), text.size());
    std::string_view word = text.substr(0, blank);
    text.remove_prefix(blank);
    int wide = text::display_width(word);
    if (used > 0 && used + wide > width) {
      out += '\n';
      out += indent;
      used = text::display_width(indent);
      wide -= word.starts_with(' ') ? 1 : 0;
      word.remove_prefix(word.starts_with(' ') ? 1 : 0);
    }
    out += word;
    used += wide;
  }
  return out;
}

}  // namespace stillframe::render
