// How wide text is on a screen.
#pragma once

#include <cstdint>
#include <string_view>

namespace stillframe::text {

// Takes one code point off the front of `text`; bytes that are no UTF-8 count one by one, as U+FFFD.
std::uint32_t take_code_point(std::string_view& text);

// Columns that a code point takes: 0 for combining marks, 2 for wide East Asian characters and most emoji, else 1.
int display_width(std::uint32_t point);

// Columns that a text takes.
int display_width(std::string_view text);

}  // namespace stillframe::text
