// From the widths CPython keeps characters in to UTF-8, and back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stillframe::cpython {

// Appends a code point; surrogates and numbers beyond U+10FFFF become U+FFFD.
inline void append_utf8(std::string& out, std::uint32_t point) {
  if (point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
    point = 0xFFFD;
  }
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0U | (point >> 6U));
    out += static_cast<char>(0x80U | (point & 0x3FU));
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0U | (point >> 12U));
    out += static_cast<char>(0x80U | ((point >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (point & 0x3FU));
  } else {
    out += static_cast<char>(0xF0U | (point >> 18U));
    out += static_cast<char>(0x80U | ((point >> 12U) & 0x3FU));
    out += static_cast<char>(0x80U | ((point >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (point & 0x3FU));
  }
}

// The code points of UTF-8; each byte that belongs to none becomes a lone surrogate, as by Python's `surrogateescape`.
inline std::u32string from_utf8(std::string_view bytes) {
  std::u32string text;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto lead = static_cast<std::uint8_t>(bytes[at]);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                               : lead >= 0xE0                ? 3
                               : lead >= 0xC2                ? 2
                                                             : 0;
    std::uint32_t point = length == 1 ? lead : lead & (0x7FU >> length);
    bool sound = length != 0 && lead < 0xF5 && at + length <= bytes.size();
    for (std::size_t i = 1; sound && i < length; ++i) {
      const auto next = static_cast<std::uint8_t>(bytes[at + i]);
      sound = (next & 0xC0U) == 0x80;
      point = point << 6U | (next & 0x3FU);
    }
    // Not in more bytes than it takes, and no surrogate.
    sound = sound && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF) &&
            (length < 3 || point >= (length == 3 ? 0x800U : 0x10000U));
    text += static_cast<char32_t>(sound ? point : 0xDC00U + lead);
    at += sound ? length : 1;
  }
  return text;
}

}  // namespace stillframe::cpython
