#include "render/escape.h"

#include <fmt/format.h>

#include "model/display_width.h"

namespace stillframe::render {
namespace {

// Characters that change how the rest of a line is shown, or break it.
bool is_control(std::uint32_t point) {
  return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x061C || (point >= 0x200E && point <= 0x200F) ||
         (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) || point == 0xFEFF;
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::string_view before = text;
    const std::uint32_t point = model::take_code_point(text);
    const std::string_view bytes = before.substr(0, before.size() - text.size());
    if (point == '\t') {
      out += ' ';
    } else if (point == 0xFFFD && bytes.size() == 1) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(bytes.front()));
    } else if (is_control(point)) {
      fmt::format_to(std::back_inserter(out), fmt::runtime(point < 0x100 ? "\\x{:02x}" : "\\u{:04x}"), point);
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
  if (width <= 0 || model::display_width(text) <= width) {
    return std::string(text);
  }
  std::string_view rest = text;
  int used = 0;
  while (!rest.empty()) {
    std::string_view after = rest;
    const int next = model::display_width(model::take_code_point(after));
    if (used + next > width - 1) {
      break;
    }
    used += next;
    rest = after;
  }
  return std::string(text.substr(0, text.size() - rest.size())) + "…";
}

}  // namespace stillframe::render
