#include "binary/cython.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "binary/debug_files.h"
#include "binary/digits.h"
#include "binary/symbol_source_lines.h"

namespace stillframe::binary {
namespace {

constexpr std::size_t most_marks = std::size_t{1} << 20U;
constexpr std::size_t most_cython_files = 1024;
constexpr std::size_t most_sources = 64;

// What stands in front of the mangled path (Cython 3.0, Cython/Compiler/Naming.py).
enum class Kind : std::uint8_t { wrapper, implementation, c_function, generator, property };
constexpr std::array<std::pair<std::string_view, Kind>, 6> prefixes{{{"__pyx_pw_", Kind::wrapper},
                                                                     {"__pyx_pf_", Kind::implementation},
                                                                     {"__pyx_f_", Kind::c_function},
                                                                     {"__pyx_gb_", Kind::generator},
                                                                     {"__pyx_getprop_", Kind::property},
                                                                     {"__pyx_setprop_", Kind::property}}};

constexpr std::string_view lambda = "__pyx_lambda_funcdef_";

// The number at the beginning, and how many digits it has.
std::pair<std::size_t, std::size_t> leading_number(std::string_view text) {
  std::size_t value = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && digits < 6 && is_digit(text[digits]); ++digits) {
    value = value * 10 + static_cast<std::size_t>(text[digits] - '0');
  }
  return {value, digits};
}

// Whether "2do_it" is a scope named "do" and not the function do_it with the number 2. Modules and classes have their
// length in front and an underscore behind (Symtab.py, Scope.__init__). The functions of a scope are numbered
// (Nodes.py, declare_pyfunction): implementation and wrapper take the next two numbers, and 0 is left out.
bool is_scope(std::string_view text, Kind kind, bool first) {
  const auto [length, digits] = leading_number(text);
  if (digits == 0 || length == 0 || text.size() <= digits + length + 1 || text[digits + length] != '_') {
    return false;
  }
  const std::string_view rest = text.substr(digits + length + 1);
  switch (kind) {
    case Kind::wrapper:
      // The implementation took the 0, so that what is left begins with a number: its own, or a scope's length.
      return first || is_digit(rest.front()) || rest.starts_with(lambda);
    case Kind::implementation:
    case Kind::generator: {
      const char initial = text[digits];
      return first || length % 2 != 0 || is_digit(rest.front()) || rest.starts_with("__") ||
             (initial >= 'A' && initial <= 'Z');
    }
    case Kind::c_function:
    case Kind::property:
      return true;
  }
  return false;
}

// `/* "pkg/mod.pyx":12`
std::optional<std::pair<std::string_view, std::int32_t>> parse_mark(std::string_view line) {
  const auto begin = std::min(line.find_first_not_of(" \t"), line.size());
  line.remove_prefix(begin);
  constexpr std::string_view opening = "/* \"";
  const auto end = line.starts_with(opening) ? line.find("\":", opening.size()) : std::string_view::npos;
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view file = line.substr(opening.size(), end - opening.size());
  const auto number = line.substr(end + 2);
  std::int32_t value = 0;
  for (std::size_t i = 0; i < number.size() && is_digit(number[i]); ++i) {
    if (i == 8) {
      return std::nullopt;
    }
    value = value * 10 + (number[i] - '0');
  }
  return value == 0 || file.empty() ? std::nullopt : std::optional(std::pair(file, value));
}

}  // namespace

std::optional<std::string> cython_function_name(std::string_view name) {
  // What compilers and demanglers put behind: ".isra.0", " [clone …]", the arguments.
  name = name.substr(0, name.find_first_of(".( ["));
  constexpr std::string_view fused = "__pyx_fuse_";
  if (name.starts_with(fused)) {
    const auto inner = name.find("__pyx_", fused.size());
    name = inner == std::string_view::npos ? name : name.substr(inner);
  }
  constexpr std::string_view body = "__pyx_pymod_exec_";
  if (name.starts_with(body) && name.size() > body.size()) {
    return std::string(name.substr(body.size())) + ".<module>";
  }
  const auto prefix = std::ranges::find_if(prefixes, [&](const auto& one) { return name.starts_with(one.first); });
  if (prefix == prefixes.end()) {
    return std::nullopt;
  }
  std::string_view rest = name.substr(prefix->first.size());
  std::string path;
  while (is_scope(rest, prefix->second, path.empty())) {
    const auto [length, digits] = leading_number(rest);
    path += std::string(rest.substr(digits, length)) + ".";
    rest.remove_prefix(digits + length + 1);
  }
  if (prefix->second != Kind::c_function && prefix->second != Kind::property) {
    rest.remove_prefix(leading_number(rest).second);
  }
  if (path.empty() || rest.empty()) {
    return std::nullopt;
  }
  return path + (rest.starts_with(lambda) ? "<lambda>" : std::string(rest));
}

CythonSources::CythonSources(OpenFile open_file) : open_file_(std::move(open_file)) {}

CythonSources::Source CythonSources::read(const std::string& c_file) const {
  Source source;
  SourceLines lines(open_file_, c_file);
  std::int32_t number = 0;
  for (auto line = lines.next(); line && source.marks.size() < most_marks; line = lines.next()) {
    ++number;
    const auto mark = parse_mark(*line);
    if (!mark) {
      continue;
    }
    auto known = std::ranges::find(source.files, mark->first);
    if (known == source.files.end()) {
      if (source.files.size() == most_cython_files) {
        break;
      }
      source.files.emplace_back(mark->first);
      known = std::prev(source.files.end());
    }
    source.marks.push_back(
        {.c_line = number, .line = mark->second, .file = static_cast<std::uint32_t>(known - source.files.begin())});
  }
  for (std::string& file : source.files) {
    const std::string beside = directory_of(c_file) + file.substr(file.rfind('/') + 1);
    if (!file.starts_with('/') && SourceLines(open_file_, beside).next()) {
      file = beside;
    }
  }
  return source;
}

const CythonSources::Source& CythonSources::source(const std::string& c_file) {
  const auto known = sources_.find(c_file);
  if (known != sources_.end()) {
    return known->second;
  }
  return sources_[c_file] = sources_.size() < most_sources ? read(c_file) : Source();
}

std::optional<CythonSources::Place> CythonSources::find(const std::string& c_file, std::int32_t line) {
  const Source& known = source(c_file);
  const auto after = std::ranges::upper_bound(known.marks, line, {}, &Mark::c_line);
  if (after == known.marks.begin()) {
    return std::nullopt;
  }
  const Mark& mark = *std::prev(after);
  return Place{.file = known.files[mark.file], .line = mark.line};
}

}  // namespace stillframe::binary
