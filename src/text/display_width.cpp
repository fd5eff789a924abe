#include "text/display_width.h"

#include <algorithm>
#include <array>

#include "text/display_width_table.h"

namespace stillframe::text {
namespace {

template <std::size_t N>
bool contains(const std::array<CodePointRange, N>& ranges, std::uint32_t point) {
  const auto at = std::ranges::lower_bound(ranges, point, {}, &CodePointRange::last);
  return at != ranges.end() && at->first <= point;
}

}  // namespace

std::uint32_t take_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  const std::size_t length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
  if (length <= 1) {
    text.remove_prefix(1);
    return length == 1 ? first : 0xFFFD;
  }
  constexpr std::array<std::uint32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  std::uint32_t point = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if (i >= text.size() || (byte(i) & 0xC0U) != 0x80U) {
      text.remove_prefix(1);
      return 0xFFFD;
    }
    point = point << 6U | (byte(i) & 0x3FU);
  }
  if (point < kSmallest.at(length) || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
    text.remove_prefix(1);
    return 0xFFFD;
  }
  text.remove_prefix(length);
  return point;
}

int display_width(std::uint32_t point) {
  if (point < 0x300) {
    return 1;
  }
  if (contains(kZeroWidth, point)) {
    return 0;
  }
  return contains(kWide, point) ? 2 : 1;
}

int display_width(std::string_view text) {
  int width = 0;
  while (!text.empty()) {
    // Most of what is ever written is ASCII: one column a byte.
    const auto plain =
        std::ranges::find_if(text, [](char byte) { return (static_cast<unsigned char>(byte) & 0x80U) != 0; });
    width += static_cast<int>(plain - text.begin());
    text.remove_prefix(static_cast<std::size_t>(plain - text.begin()));
    if (text.empty()) {
      break;
    }
    width += display_width(take_code_point(text));
  }
  return width;
}

}  // namespace stillframe::text
