#include "text/untrusted_characters.h"

#include <algorithm>
#include <array>

namespace stillframe::text {
namespace {

struct Range {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};

// Cc, Cf, Zl and Zp of the Unicode Character Database 16, and its Default_Ignorable_Code_Point, but for FE00 to FE0F:
// these choose among the forms of the character before them.
constexpr std::array<Range, 27> kUntrusted{{
    {0x0000, 0x001F},   {0x007F, 0x009F},   {0x00AD, 0x00AD},   {0x034F, 0x034F},   {0x0600, 0x0605},
    {0x061C, 0x061C},   {0x06DD, 0x06DD},   {0x070F, 0x070F},   {0x0890, 0x0891},   {0x08E2, 0x08E2},
    {0x115F, 0x1160},   {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200F},   {0x2028, 0x202E},
    {0x2060, 0x206F},   {0x3164, 0x3164},   {0xD800, 0xDFFF},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
    {0xFFF0, 0xFFFB},   {0x110BD, 0x110BD}, {0x110CD, 0x110CD}, {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
}};

}  // namespace

bool is_untrusted(std::uint32_t point) {
  const auto range = std::ranges::lower_bound(kUntrusted, point, {}, &Range::last);
  return range != kUntrusted.end() && range->first <= point;
}

}  // namespace stillframe::text
