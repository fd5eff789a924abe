#include "cpython/values/quoted.h"

#include <algorithm>

#include "cpython/values/members.h"
#include "cpython/values/text_repr.h"

namespace stillframe::cpython {
namespace {

// Whatever the user asked for.
constexpr std::uint64_t kMostShown = std::uint64_t{1} << 24U;

std::uint64_t shown_of(const Printer& out, std::uint64_t length) {
  return std::min({length, out.limits().max_string, kMostShown});
}

bool str_is_bytes(const Printer& out) {
  return out.objects().dialect().objects.str_is_bytes;
}

std::optional<std::string> bytes_at(const Printer& out, Address at, std::uint64_t count) {
  if (!reaches(out.objects(), at, count)) {
    return std::nullopt;
  }
  std::string bytes(count, '\0');
  const bool read = count == 0 || out.objects().memory().read(at, std::as_writable_bytes(std::span(bytes))).has_value();
  return read ? std::optional(std::move(bytes)) : std::nullopt;
}

void put_cut(Printer& out, std::string_view text, std::uint64_t length, std::string_view unit) {
  out.put(text);
  const std::uint64_t shown = shown_of(out, length);
  if (shown < length) {
    out.more_of_text(length - shown, unit);
  }
}

}  // namespace

bool put_bytes_at(Printer& out, Address at, std::uint64_t length, std::string_view prefix, bool all_quotes) {
  auto bytes = length > kMostLength ? std::nullopt : bytes_at(out, at, shown_of(out, length));
  if (!bytes) {
    return false;
  }
  std::string text(prefix);
  append_bytes_repr(text, out.without_secrets(std::move(*bytes), shown_of(out, length) < length), all_quotes);
  put_cut(out, text, length, "bytes");
  return true;
}

bool put_bytes_at(Printer& out, Address at, std::uint64_t length) {
  return put_bytes_at(out, at, length, str_is_bytes(out) ? "" : "b");
}

bool put_text_at(Printer& out, const TextPlace& place) {
  const std::uint64_t shown = shown_of(out, place.length);
  if (place.length > kMostLength || !reaches(out.objects(), place.data, shown * place.width)) {
    return false;
  }
  std::string text(str_is_bytes(out) ? "u" : "");
  if (place.ascii) {
    auto letters = bytes_at(out, place.data, shown);
    if (!letters) {
      return false;
    }
    append_bytes_repr(text, out.without_secrets(std::move(*letters), shown < place.length));
  } else {
    auto points = out.objects().characters(place, shown);
    if (!points) {
      return false;
    }
    append_text_repr(text, out.without_secrets(std::move(*points), shown < place.length), str_is_bytes(out));
  }
  put_cut(out, text, place.length, "characters");
  return true;
}

bool put_characters_at(Printer& out, Address at, std::uint64_t length, std::uint32_t width) {
  return put_text_at(out, {.data = at, .length = length, .width = width});
}

}  // namespace stillframe::cpython
