// Rust's older mangling: that of a C++ namespace, with what C++ has no letters for written out, and a hash at the end.
#include <array>
#include <utility>

#include "binary/demangle.h"
#include "binary/demangle_rust.h"

namespace stillframe::binary {

std::string utf8_of(std::uint32_t code) {
  std::string text;
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xc0U | (code >> 6U));
    text += static_cast<char>(0x80U | (code & 0x3fU));
  } else if (code < 0x10000 && (code < 0xd800 || code > 0xdfff)) {
    text += static_cast<char>(0xe0U | (code >> 12U));
    text += static_cast<char>(0x80U | ((code >> 6U) & 0x3fU));
    text += static_cast<char>(0x80U | (code & 0x3fU));
  } else if (code >= 0x10000 && code <= 0x10ffff) {
    text += static_cast<char>(0xf0U | (code >> 18U));
    text += static_cast<char>(0x80U | ((code >> 12U) & 0x3fU));
    text += static_cast<char>(0x80U | ((code >> 6U) & 0x3fU));
    text += static_cast<char>(0x80U | (code & 0x3fU));
  }
  return text;
}

namespace {

// `$LT$`, `$u7e$`: what may not stand in a symbol.
std::optional<std::string> legacy_escape(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> known{
      {{"SP", "@"}, {"BP", "*"}, {"RF", "&"}, {"LT", "<"}, {"GT", ">"}, {"LP", "("}, {"RP", ")"}, {"C", ","}}};
  for (const auto& [escape, text] : known) {
    if (escape == name) {
      return std::string(text);
    }
  }
  if (name.size() < 2 || name.size() > 7 || name.front() != 'u') {
    return std::nullopt;
  }
  std::uint32_t code = 0;
  for (const char c : name.substr(1)) {
    if (!is_lower_hex(c)) {
      return std::nullopt;
    }
    code = code * 16 + hex_value(c);
  }
  std::string text = utf8_of(code);
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

std::string legacy_part(std::string_view part) {
  std::string text;
  if (part.starts_with("_$")) {
    part.remove_prefix(1);
  }
  while (!part.empty()) {
    if (part.starts_with("..")) {
      text += "::";
      part.remove_prefix(2);
      continue;
    }
    if (part.front() == '$') {
      const auto end = part.find('$', 1);
      const auto escape = end == std::string_view::npos ? std::nullopt : legacy_escape(part.substr(1, end - 1));
      if (escape) {
        text += *escape;
        part.remove_prefix(end + 1);
        continue;
      }
    }
    text += part.front();
    part.remove_prefix(1);
  }
  return text;
}

}  // namespace

std::optional<std::string> demangle_rust_legacy(std::string_view linkage_name) {
  constexpr std::size_t hash_size = 17;
  if (!linkage_name.starts_with("_ZN")) {
    return std::nullopt;
  }
  std::string_view rest = linkage_name.substr(3);
  std::string text;
  std::string_view last;
  while (!rest.empty() && is_digit(rest.front())) {
    std::size_t length = 0;
    std::size_t digits = 0;
    for (; digits < rest.size() && digits < 6 && is_digit(rest[digits]); ++digits) {
      length = length * 10 + static_cast<std::size_t>(rest[digits] - '0');
    }
    if (length == 0 || length > rest.size() - digits) {
      return std::nullopt;
    }
    if (!last.empty()) {
      text += text.empty() ? "" : "::";
      text += legacy_part(last);
    }
    last = rest.substr(digits, length);
    rest.remove_prefix(digits + length);
  }
  const bool hash = last.size() == hash_size && last.front() == 'h' &&
                    last.find_first_not_of("0123456789abcdef", 1) == std::string_view::npos;
  if (!hash || !rest.starts_with('E') || text.empty()) {
    return std::nullopt;
  }
  return text;
}

}  // namespace stillframe::binary
