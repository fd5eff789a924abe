// What can go wrong with a target, told as three answers: what was tried, what stopped it, what to do now.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace stillframe {

enum class ErrorKind : std::uint8_t {
  usage,        // the request itself makes no sense (exit code 2)
  not_found,    // no such process, no such file
  gone,         // it was there, and ended or changed while we looked
  permission,   // the system forbids it
  not_python,   // nothing in it is a Python interpreter
  unsupported,  // a Python, an architecture or a format this program does not know
  damaged,      // the bytes contradict themselves
  io,           // reading or writing failed
};

struct Error {
  ErrorKind kind = ErrorKind::io;
  std::string tried;    // "read the memory of process 4211"
  std::string stopper;  // "the kernel refused: Operation not permitted (ptrace_scope is 1)"
  std::string advice;   // "run it with sudo, or: sudo sysctl kernel.yama.ptrace_scope=0"
};

template <typename T>
using Result = std::expected<T, Error>;

// return fail(ErrorKind::gone, "…", "…", "…");
[[nodiscard]] inline std::unexpected<Error> fail(ErrorKind kind, std::string tried, std::string stopper,
                                                 std::string advice) {
  return std::unexpected<Error>(
      Error{.kind = kind, .tried = std::move(tried), .stopper = std::move(stopper), .advice = std::move(advice)});
}

}  // namespace stillframe
