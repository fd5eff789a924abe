#include "cpython/runtime/sys_module.h"

#include <charconv>

namespace stillframe::cpython {
namespace {

// "3.12.1+ (main, …" to its numbers and the rest.
std::optional<SysVersion> parse(std::string_view text) {
  SysVersion version;
  const char* end = text.data() + text.size();
  const char* at = text.data();
  for (std::uint8_t* part : {&version.number.major, &version.number.minor, &version.number.micro}) {
    const auto [next, error] = std::from_chars(at, end, *part);
    if (error != std::errc{}) {
      return std::nullopt;
    }
    at = next != end && *next == '.' ? next + 1 : next;
  }
  const auto blank = text.find(' ');
  if (blank != std::string_view::npos) {
    version.build = text.substr(blank + 1);
    for (char& letter : version.build) {
      letter = letter == '\n' ? ' ' : letter;
    }
  }
  return version;
}

}  // namespace

std::optional<SysVersion> sys_version(const Objects& objects, Address interpreter) {
  const auto dict = objects.pointer(interpreter, objects.layout().interpreter.sysdict);
  const auto type = dict ? objects.type_of(*dict) : std::nullopt;
  // The name of a type is in the read-only data of the executable, which a core may lack.
  const auto name = type ? objects.type_name(*type) : std::nullopt;
  if (!type || (name && name != "dict")) {
    return std::nullopt;
  }
  const auto value = objects.lookup(*dict, "version");
  const auto text = value ? objects.text(*value) : std::nullopt;
  return text ? parse(*text) : std::nullopt;
}

}  // namespace stillframe::cpython
