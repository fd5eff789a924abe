#include <iconv.h>

#include <array>
#include <string>
#include <string_view>

#include "photograph/source_text.h"

namespace stillframe::photograph {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// The name in "# -*- coding: latin-1 -*-", in lower case with '-' for '_'; empty where there is none.
std::string coding_name(std::string_view line) {
  const auto hash = line.find_first_not_of(" \t\f");
  const auto at = line.find("coding");
  if (hash == std::string_view::npos || line[hash] != '#' || at == std::string_view::npos) {
    return {};
  }
  std::string_view rest = line.substr(at + 6);
  if (rest.empty() || (rest.front() != ':' && rest.front() != '=')) {
    return {};
  }
  rest.remove_prefix(1);
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  std::string name;
  for (const char letter : rest) {
    const bool upper = letter >= 'A' && letter <= 'Z';
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-' ||
                       letter == '.' || letter == '_';
    if (!upper && !plain) {
      break;
    }
    name += upper ? static_cast<char>(letter - 'A' + 'a') : letter == '_' ? '-' : letter;
  }
  return name;
}

std::string declared_coding(std::string_view raw) {
  for (int line = 0; line < 2; ++line) {
    const auto end = std::min(raw.find('\n'), raw.size());
    if (auto name = coding_name(raw.substr(0, end)); !name.empty()) {
      return name;
    }
    raw.remove_prefix(std::min(end + 1, raw.size()));
  }
  return {};
}

class Converter {
 public:
  explicit Converter(const std::string& from) : handle_(iconv_open("UTF-8", from.c_str())) {}
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  Converter(Converter&&) = delete;
  Converter& operator=(Converter&&) = delete;
  ~Converter() {
    if (valid()) {
      iconv_close(handle_);
    }
  }
  [[nodiscard]] bool valid() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  std::string convert(std::string& raw) const {
    std::string out;
    char* in = raw.data();
    std::size_t left = raw.size();
    std::array<char, 4096> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): iconv fills it
    while (left > 0) {
      char* to = buffer.data();
      std::size_t room = buffer.size();
      const std::size_t before = left;
      const auto done = iconv(handle_, &in, &left, &to, &room);
      out.append(buffer.data(), buffer.size() - room);
      if (done == static_cast<std::size_t>(-1) && room > 8 && left > 0) {
        out += kReplacement;
        ++in;
        --left;
      } else if (left == before && room == buffer.size()) {
        break;
      }
    }
    return out;
  }

 private:
  iconv_t handle_;
};

}  // namespace

std::string decode_source(std::string raw) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (raw.starts_with(kMark)) {
    raw.erase(0, kMark.size());
    return raw;
  }
  std::string name = declared_coding(raw);
  if (name.empty() || name == "utf8" || name == "utf-8" || name.starts_with("utf-8-")) {
    return raw;
  }
  // Python's own names that iconv does not know.
  if (name == "latin-1" || name == "iso-latin-1" || name == "latin1" || name == "l1") {
    name = "iso-8859-1";
  }
  const Converter converter(name);
  return converter.valid() ? converter.convert(raw) : raw;
}

}  // namespace stillframe::photograph
