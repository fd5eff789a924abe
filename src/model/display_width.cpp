#include "model/display_width.h"

#include <algorithm>
#include <array>

namespace stillframe::model {
namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

// Unicode 15, EastAsianWidth.txt: W and F, neighbouring ranges joined.
constexpr std::array<Range, 40> kWide{{{0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},
                                       {0x23F0, 0x23F0},   {0x23F3, 0x23F3},   {0x25FD, 0x25FE},   {0x2614, 0x2615},
                                       {0x2648, 0x2653},   {0x267F, 0x267F},   {0x2693, 0x2693},   {0x26A1, 0x26A1},
                                       {0x26AA, 0x26AB},   {0x26BD, 0x26BE},   {0x26C4, 0x26C5},   {0x26CE, 0x26CE},
                                       {0x26D4, 0x26D4},   {0x26EA, 0x26EA},   {0x26F2, 0x26F5},   {0x26FA, 0x26FD},
                                       {0x2705, 0x270B},   {0x2728, 0x2728},   {0x274C, 0x2757},   {0x2795, 0x27BF},
                                       {0x2B1B, 0x2B1C},   {0x2B50, 0x2B55},   {0x2E80, 0x303E},   {0x3041, 0x4DBF},
                                       {0x4E00, 0xA4CF},   {0xA960, 0xA97C},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
                                       {0xFE10, 0xFE19},   {0xFE30, 0xFE6B},   {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},
                                       {0x16FE0, 0x18D08}, {0x1B000, 0x1B2FB}, {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}}};

// General categories Mn and Me that are met in practice, and zero-width format characters.
constexpr std::array<Range, 18> kZero{{{0x0300, 0x036F},
                                       {0x0483, 0x0489},
                                       {0x0591, 0x05BD},
                                       {0x0610, 0x061A},
                                       {0x064B, 0x065F},
                                       {0x06D6, 0x06DC},
                                       {0x093A, 0x093A},
                                       {0x0941, 0x0948},
                                       {0x0E31, 0x0E31},
                                       {0x0E34, 0x0E3A},
                                       {0x1AB0, 0x1AFF},
                                       {0x1DC0, 0x1DFF},
                                       {0x200B, 0x200F},
                                       {0x2060, 0x2064},
                                       {0x20D0, 0x20F0},
                                       {0x302A, 0x302D},
                                       {0xFE00, 0xFE0F},
                                       {0xFE20, 0xFE2F}}};

template <std::size_t N>
bool contains(const std::array<Range, N>& ranges, std::uint32_t point) {
  const auto at = std::ranges::lower_bound(ranges, point, {}, &Range::last);
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
  if (contains(kZero, point)) {
    return 0;
  }
  return contains(kWide, point) ? 2 : 1;
}

int display_width(std::string_view text) {
  int width = 0;
  while (!text.empty()) {
    width += display_width(take_code_point(text));
  }
  return width;
}

}  // namespace stillframe::model
