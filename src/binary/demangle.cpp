#include "binary/demangle.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "binary/digits.h"

namespace stillframe::binary {
namespace {

// A name may refer back to its own parts, which then doubles with each reference: 40 of them can make a few megabytes,
// 100 more than there is memory. __cxa_demangle knows no limit.
constexpr std::size_t most_references = 40;
constexpr std::size_t longest_whole = 4096;
constexpr std::size_t longest_name = std::size_t{1} << 16U;
constexpr std::size_t longest_result = std::size_t{1} << 14U;

// `S_`, `S1A_`, `T_`, `T0_`. Counts a few too many: letters within names look like them.
std::size_t count_references(std::string_view name) {
  std::size_t count = 0;
  for (std::size_t i = 0; i + 1 < name.size(); ++i) {
    if (name[i] == 'S' || name[i] == 'T') {
      const char next = name[i + 1];
      count += next == '_' || is_digit(next) || (next >= 'A' && next <= 'Z') ? 1 : 0;
    }
  }
  return count;
}

// What stands before the first template arguments of a nested name: `_ZN3foo3barIiEEvv` is foo::bar<…>.
std::optional<std::string> demangle_prefix(std::string_view name) {
  name.remove_prefix(2);
  const bool nested = name.starts_with('N');
  if (nested) {
    name.remove_prefix(1);
    name.remove_prefix(std::min(name.find_first_not_of("rVKRO"), name.size()));
  }
  std::string text;
  if (name.starts_with("St")) {
    text = "std";
    name.remove_prefix(2);
  }
  do {
    std::size_t length = 0;
    std::size_t digits = 0;
    for (; digits < name.size() && digits < 6 && is_digit(name[digits]); ++digits) {
      length = length * 10 + static_cast<std::size_t>(name[digits] - '0');
    }
    if (digits == 0 || length == 0 || length > name.size() - digits) {
      break;
    }
    const std::string_view part = name.substr(digits, length);
    text += text.empty() ? "" : "::";
    text += part == "_GLOBAL__N_1" ? "(anonymous namespace)" : part;
    name.remove_prefix(digits + length);
  } while (nested);
  if (text.empty() || text == "std") {
    return std::nullopt;
  }
  return text + (name.starts_with('I') ? "<…>" : name.starts_with('E') || !nested ? "" : "::…");
}

std::optional<std::string> demangle_cpp(const std::string& name) {
  if (name.size() > longest_whole || count_references(name) > most_references) {
    return demangle_prefix(name);
  }
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status),
                                                         &std::free);
  if (status != 0 || text == nullptr) {
    return std::nullopt;
  }
  std::string result(text.get());
  return result.size() > longest_result ? demangle_prefix(name) : std::optional(std::move(result));
}

}  // namespace

std::optional<std::string> demangle(std::string_view linkage_name) {
  if (linkage_name.size() > longest_name) {
    return std::nullopt;
  }
  if (linkage_name.starts_with("_R")) {
    return demangle_rust_v0(linkage_name);
  }
  if (!linkage_name.starts_with("_Z")) {
    return std::nullopt;
  }
  if (auto rust = demangle_rust_legacy(linkage_name)) {
    return rust;
  }
  return demangle_cpp(std::string(linkage_name));
}

}  // namespace stillframe::binary
