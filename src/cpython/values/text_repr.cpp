#include "cpython/values/text_repr.h"

#include <fmt/format.h>

#include <algorithm>

#include "cpython/objects/utf8.h"
#include "cpython/values/printable_table.h"

namespace stillframe::cpython {
namespace {

bool is_printable(char32_t point) {
  const auto range = std::ranges::lower_bound(kNotPrintable, point, {}, &text::CodePointRange::last);
  return point <= 0x10FFFF && (range == kNotPrintable.end() || point < range->first);
}

// Single quotes, unless that would make escapes necessary which double quotes do not.
template <typename Text>
char quote_for(const Text& text) {
  using Character = Text::value_type;
  const bool has_single = text.find(Character{'\''}) != Text::npos;
  return has_single && text.find(Character{'"'}) == Text::npos ? '"' : '\'';
}

void append_ascii(std::string& out, unsigned char letter, char quote) {
  switch (letter) {
    case '\t':
      out += "\\t";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    default:
      break;
  }
  if (letter < 0x20 || letter >= 0x7f) {
    constexpr std::string_view kHex = "0123456789abcdef";
    out += "\\x";
    out += kHex[letter >> 4U];
    out += kHex[letter & 15U];
    return;
  }
  if (letter == '\\' || letter == static_cast<unsigned char>(quote)) {
    out += '\\';
  }
  out += static_cast<char>(letter);
}

void append_escape(std::string& out, char32_t point) {
  const auto number = static_cast<std::uint32_t>(point);
  if (point <= 0xff) {
    out += fmt::format("\\x{:02x}", number);
  } else if (point <= 0xffff) {
    out += fmt::format("\\u{:04x}", number);
  } else {
    out += fmt::format("\\U{:08x}", number);
  }
}

}  // namespace

void append_bytes_repr(std::string& out, std::string_view bytes, bool all_quotes) {
  const char quote = quote_for(bytes);
  out += quote;
  for (const char letter : bytes) {
    out += all_quotes && letter == '\'' && quote != '\'' ? "\\" : "";
    append_ascii(out, static_cast<unsigned char>(letter), quote);
  }
  out += quote;
}

void append_text_repr(std::string& out, std::u32string_view text, bool ascii_only) {
  const char quote = quote_for(text);
  out += quote;
  for (const char32_t point : text) {
    if (point < 0x80) {
      append_ascii(out, static_cast<unsigned char>(point), quote);
    } else if (ascii_only || !is_printable(point)) {
      append_escape(out, point);
    } else {
      append_utf8(out, static_cast<std::uint32_t>(point));
    }
  }
  out += quote;
}

}  // namespace stillframe::cpython
