#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

#include "resolve/source_text.h"

namespace stillframe::resolve {
namespace {

constexpr std::size_t kLargestDecoded = std::size_t{256} << 20U;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\f';
}

bool is_encoding_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

// The name behind "coding:" or "coding=" in a line that is a comment (PEP 263).
std::optional<std::string_view> cookie_in(std::string_view line) {
  while (!line.empty() && is_blank(line.front())) {
    line.remove_prefix(1);
  }
  if (line.empty() || line.front() != '#') {
    return std::nullopt;
  }
  constexpr std::string_view kWord = "coding";
  for (std::size_t at = line.find(kWord); at != std::string_view::npos; at = line.find(kWord, at + 1)) {
    std::size_t begin = at + kWord.size();
    if (begin >= line.size() || (line[begin] != ':' && line[begin] != '=')) {
      continue;
    }
    ++begin;
    while (begin < line.size() && (line[begin] == ' ' || line[begin] == '\t')) {
      ++begin;
    }
    std::size_t end = begin;
    while (end < line.size() && is_encoding_character(line[end])) {
      ++end;
    }
    if (end > begin) {
      return line.substr(begin, end - begin);
    }
  }
  return std::nullopt;
}

// A second line counts only behind one that is blank or a comment.
bool may_be_followed_by_cookie(std::string_view line) {
  const auto first = std::ranges::find_if_not(line, is_blank);
  return first == line.end() || *first == '#';
}

std::string normalised(std::string_view encoding) {
  std::string name(encoding.substr(0, 40));
  for (char& c : name) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    c = c == '_' ? '-' : c;
  }
  return name;
}

bool is_utf8(std::string_view encoding) {
  return encoding.starts_with("utf-8") || encoding == "utf8" || encoding == "u8" || encoding == "ascii" ||
         encoding == "us-ascii";
}

bool is_latin1(std::string_view encoding) {
  constexpr std::array<std::string_view, 6> kNames{"latin-1", "latin1", "iso-8859-1", "iso8859-1", "iso-latin-1", "l1"};
  return std::ranges::find(kNames, encoding) != kNames.end();
}

std::string from_latin1(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 8);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      out += static_cast<char>(0xc0U | byte >> 6U);
      out += static_cast<char>(0x80U | (byte & 0x3fU));
    }
  }
  return out;
}

// iconv's name for one of Python's.
std::string iconv_name(std::string_view encoding) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kDifferent{{{"mac-roman", "MACINTOSH"},
                                                                                     {"mac-cyrillic", "MAC-CYRILLIC"},
                                                                                     {"shift-jis", "SHIFT_JIS"},
                                                                                     {"euc-jis-2004", "EUC-JISX0213"},
                                                                                     {"hz", "HZ-GB-2312"}}};
  for (const auto& [python, other] : kDifferent) {
    if (encoding == python) {
      return std::string(other);
    }
  }
  return std::string(encoding);
}

// Converts what can be converted; a byte that cannot be becomes U+FFFD.
std::optional<std::string> from_iconv(std::string_view bytes, const std::string& encoding) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): iconv_open's own failure value
  const iconv_t conversion = ::iconv_open("UTF-8", encoding.c_str());
  if (conversion == reinterpret_cast<iconv_t>(-1)) {  // NOLINT(performance-no-int-to-ptr)
    return std::nullopt;
  }
  std::string out;
  std::array<char, 16384> piece{};
  std::string copy(bytes);
  char* in = copy.data();
  std::size_t left = copy.size();
  while (left > 0 && out.size() < kLargestDecoded) {
    char* to = piece.data();
    std::size_t room = piece.size();
    const std::size_t done = ::iconv(conversion, &in, &left, &to, &room);
    const int problem = done == static_cast<std::size_t>(-1) ? errno : 0;
    out.append(piece.data(), piece.size() - room);
    if (problem == EILSEQ || problem == EINVAL) {
      out += "\xef\xbf\xbd";
      ++in;
      --left;
    }
  }
  ::iconv_close(conversion);
  return out;
}

}  // namespace

std::string source_encoding(std::string_view bytes) {
  for (int number = 0; number < 2; ++number) {
    const std::size_t end = bytes.find_first_of("\r\n");
    const std::string_view line = bytes.substr(0, end);
    if (const auto cookie = cookie_in(line)) {
      return normalised(*cookie);
    }
    if (end == std::string_view::npos || !may_be_followed_by_cookie(line)) {
      break;
    }
    bytes.remove_prefix(end + (bytes.substr(end).starts_with("\r\n") ? 2 : 1));
  }
  return "utf-8";
}

std::string decode_source(std::string bytes) {
  if (bytes.starts_with(kByteOrderMark)) {
    bytes.erase(0, kByteOrderMark.size());
    return bytes;
  }
  const std::string encoding = source_encoding(bytes);
  if (is_utf8(encoding)) {
    return bytes;
  }
  if (is_latin1(encoding)) {
    return from_latin1(bytes);
  }
  if (auto text = from_iconv(bytes, iconv_name(encoding))) {
    return std::move(*text);
  }
  return bytes;
}

}  // namespace stillframe::resolve
