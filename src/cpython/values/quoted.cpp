#include "cpython/values/quoted.h"

#include <algorithm>

#include "cpython/values/members.h"
#include "cpython/values/text_repr.h"

namespace stillframe::cpython {
namespace {

// What no text of this machine exceeds; and what is shown at most, whatever the user asked for.
constexpr std::uint64_t kMostLength = std::uint64_t{1} << 47U;
constexpr std::uint64_t kMostShown = std::uint64_t{1} << 24U;

}  // namespace

bool put_bytes_at(Printer& out, Address at, std::uint64_t length) {
  const std::uint64_t shown = std::min({length, out.limits().max_string, kMostShown});
  if (length > kMostLength || !reaches(out.objects(), at, shown)) {
    return false;
  }
  std::string bytes(shown, '\0');
  if (shown > 0 && !out.objects().memory().read(at, std::as_writable_bytes(std::span(bytes)))) {
    return false;
  }
  std::string text(out.objects().layout().version.major < 3 ? "" : "b");
  append_bytes_repr(text, bytes);
  out.put(text);
  if (shown < length) {
    out.more_of_text(length - shown, "bytes");
  }
  return true;
}

bool put_characters_at(Printer& out, Address at, std::uint64_t length, std::uint32_t width) {
  const std::uint64_t shown = std::min({length, out.limits().max_string, kMostShown});
  const auto points = length > kMostLength
                          ? std::nullopt
                          : out.objects().characters({.data = at, .length = length, .width = width}, shown);
  if (!points) {
    return false;
  }
  const bool old = out.objects().layout().version.major < 3;
  std::string text(old ? "u" : "");
  append_text_repr(text, *points, old);
  out.put(text);
  if (shown < length) {
    out.more_of_text(length - shown, "characters");
  }
  return true;
}

}  // namespace stillframe::cpython
