#include "cpython/objects/objects.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "cpython/objects/utf8.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63U;

std::uint64_t magnitude_of(std::int64_t value) {
  return value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
}

// PyASCIIObject.state (Include/cpython/unicodeobject.h).
struct UnicodeState {
  std::uint32_t kind = 0;  // bytes a character: 1, 2 or 4; 0 in 3.11 and older for strings not ready
  bool compact = false;
  bool ascii = false;
};

UnicodeState decode_state(std::uint32_t raw, const Layout& layout) {
  // `interned` stands in front: two bits, but a byte of its own in free-threaded builds from 3.14 on.
  const bool wide = layout.build.free_threaded && layout.version >= PythonVersion{3, 14, 0};
  const std::uint32_t bits = raw >> (wide ? 8U : 2U);
  return {.kind = bits & 7U, .compact = (bits & 8U) != 0, .ascii = (bits & 16U) != 0};
}

std::u32string code_points(std::span<const std::byte> raw, std::uint32_t width) {
  std::u32string out(raw.size() / width, U'\0');
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::uint32_t point = 0;
    std::memcpy(&point, raw.data() + i * width, width);
    out[i] = point;
  }
  return out;
}

// 2.7 built with --enable-unicode=ucs2 keeps characters beyond U+FFFF as surrogate pairs.
void join_surrogates(std::u32string& units) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const char32_t next = i + 1 < units.size() ? units[i + 1] : 0;
    if ((units[i] & ~0x3FFU) == 0xD800U && (next & ~0x3FFU) == 0xDC00U) {
      units[end++] = 0x10000U + ((units[i] & 0x3FFU) << 10U) + (next & 0x3FFU);
      ++i;
    } else {
      units[end++] = units[i];
    }
  }
  units.resize(end);
}

}  // namespace

std::optional<Address> Objects::type_of(Address object) const {
  // Objects are aligned; a pointer that is not is none.
  if (object == 0 || object % 8 != 0) {
    return std::nullopt;
  }
  return pointer(object, layout_.object.type);
}

std::optional<std::string> Objects::c_string(Address at, std::size_t max_length) const {
  std::string out;
  std::array<char, 64> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): read() fills it
  while (out.size() < max_length) {
    // Up to the next multiple of 64: a string may end right before unmapped memory.
    const std::size_t size = piece.size() - (at + out.size()) % piece.size();
    const std::span<char> part(piece.data(), size);
    if (!memory_.read(at + out.size(), std::as_writable_bytes(part))) {
      return std::nullopt;
    }
    const std::string_view text(part.data(), part.size());
    const std::size_t end = text.find('\0');
    out += text.substr(0, end);
    if (end != std::string_view::npos) {
      return out;
    }
  }
  return std::nullopt;
}

std::optional<std::string> Objects::type_name(Address type) const {
  const auto name = pointer(type, layout_.type.name);
  return name ? c_string(*name, 256) : std::nullopt;
}

std::optional<std::string> Objects::text(Address object, std::uint64_t max_length) const {
  const bool old = layout_.version.major < 3;
  if (const auto type = old ? type_of(object) : std::nullopt; type && type_name(*type) == "str") {
    return bytes(object, max_length);
  }
  const auto place = text_place(object);
  if (!place || place->length > max_length) {
    return std::nullopt;
  }
  if (place->ascii) {
    std::string out(place->length, '\0');
    return memory_.read(place->data, std::as_writable_bytes(std::span(out))) ? std::optional(std::move(out))
                                                                             : std::nullopt;
  }
  const auto points = characters(*place, max_length);
  if (!points) {
    return std::nullopt;
  }
  std::string out;
  out.reserve(points->size());
  for (const char32_t point : *points) {
    append_utf8(out, static_cast<std::uint32_t>(point));
  }
  return out;
}

std::optional<TextPlace> Objects::text_place(Address object) const {
  if (object == 0 || object % 8 != 0) {
    return std::nullopt;
  }
  if (layout_.version.major < 3) {
    return text_place_2(object);
  }
  const auto length = field<std::uint64_t>(object, layout_.unicode.length);
  const auto raw_state = field<std::uint32_t>(object, layout_.unicode.state);
  if (!length || !raw_state) {
    return std::nullopt;
  }
  const UnicodeState state = decode_state(*raw_state, layout_);
  if (state.kind == 0 && !state.compact && !state.ascii && layout_.version < PythonVersion{3, 12, 0}) {
    // Not ready (PyUnicode_WCHAR_KIND): the characters are at PyASCIIObject.wstr, counted by
    // PyCompactUnicodeObject.wstr_length, the last members of each (Include/cpython/unicodeobject.h, to 3.11).
    const auto wide = pointer(object, layout_.ascii.size - 8);
    const auto wide_length = field<std::uint64_t>(object, layout_.compact.size - 8);
    return wide && wide_length && *wide != 0
               ? std::optional(TextPlace{.data = *wide, .length = *wide_length, .width = 4})
               : std::nullopt;
  }
  if (state.kind != 1 && state.kind != 2 && state.kind != 4) {
    return std::nullopt;
  }
  Address data = object + (state.ascii ? layout_.ascii.size : layout_.compact.size);
  if (!state.compact) {
    const auto elsewhere = pointer(object, layout_.unicode.data);
    if (!elsewhere) {
      return std::nullopt;
    }
    data = *elsewhere;
  }
  return TextPlace{.data = data, .length = *length, .width = state.kind, .ascii = state.ascii};
}

std::optional<std::u32string> Objects::characters(const TextPlace& place, std::uint64_t most) const {
  std::vector<std::byte> raw(std::min(place.length, most) * place.width);
  if (!memory_.read(place.data, raw)) {
    return std::nullopt;
  }
  auto points = code_points(raw, place.width);
  if (layout_.version.major < 3 && place.width == 2) {
    join_surrogates(points);
  }
  return points;
}

std::optional<TextPlace> Objects::text_place_2(Address object) const {
  // Subclasses have the flag of unicode (Py_TPFLAGS_UNICODE_SUBCLASS).
  const auto type = type_of(object);
  constexpr std::uint64_t kUnicode = 1U << 28U;
  const auto flags = type ? field<std::uint64_t>(*type, layout_.type.flags) : std::nullopt;
  const auto length = field<std::uint64_t>(object, layout_.unicode.length);
  const auto data = pointer(object, layout_.unicode.legacy_str);
  if (!length || !data || !flags || ((*flags & kUnicode) == 0 && type_name(*type) != "unicode")) {
    return std::nullopt;
  }
  return TextPlace{.data = *data, .length = *length, .width = has_wide_characters(*data, *length) ? 4U : 2U};
}

// Nothing in the object tells ucs2 from ucs4. Taken as ucs4, a string of ucs2 has characters that are none, unless each
// second character is nearly zero; taken as ucs2, one of ucs4 is not ended by a zero, unless half of it are zeros. What
// a string without doubt has settled holds for the others.
bool Objects::has_wide_characters(Address data, std::uint64_t length) const {
  constexpr std::uint64_t kLookedAt = 64;
  if (wide_) {
    return *wide_;
  }
  const std::uint64_t here = std::min(length, kLookedAt);
  std::vector<std::byte> raw(here * 4);
  if (memory_.read(data, raw)) {
    const auto points = code_points(raw, 4);
    if (std::ranges::any_of(points, [](char32_t point) { return point > 0x10FFFF; })) {
      wide_ = false;
      return false;
    }
    const auto end = memory_.get<std::uint16_t>(data + length * 2);
    if (end && *end != 0) {
      wide_ = true;
    }
    return true;
  }
  return false;
}

std::optional<std::string> Objects::bytes(Address object, std::uint64_t max_length) const {
  const auto length = field<std::uint64_t>(object, layout_.var_object.size_field);
  if (!length || *length > max_length || !layout_.bytes.data.present()) {
    return std::nullopt;
  }
  std::string out(*length, '\0');
  if (!memory_.read(object + layout_.bytes.data.value(), std::as_writable_bytes(std::span(out)))) {
    return std::nullopt;
  }
  return out;
}

std::optional<Objects::VariableSize> Objects::variable_size(Address object, bool is_int) const {
  const bool tagged = is_int && layout_.integer.tag.present();
  const auto raw = field<std::int64_t>(object, tagged ? layout_.integer.tag : layout_.var_object.size_field);
  if (!raw) {
    return std::nullopt;
  }
  return tagged ? VariableSize{.negative = (*raw & 3) == 2, .count = static_cast<std::uint64_t>(*raw) >> 3U}
                : VariableSize{.negative = *raw < 0, .count = magnitude_of(*raw)};
}

std::optional<Objects::Integer> Objects::sign_and_magnitude(Address object) const {
  const auto type = type_of(object);
  if (!type) {
    return std::nullopt;
  }
  constexpr std::uint64_t kSmallInteger = 1U << 23U;  // Py_TPFLAGS_INT_SUBCLASS of 2.7: bool too
  if (layout_.version.major < 3 &&
      (type_name(*type) == "int" ||
       (field<std::uint64_t>(*type, layout_.type.flags).value_or(0) & kSmallInteger) != 0)) {
    const auto value = field<std::int64_t>(object, layout_.small_integer.value);
    return value ? std::optional(Integer{.negative = *value < 0, .magnitude = magnitude_of(*value)}) : std::nullopt;
  }
  // Longs are digits of 30 bits, least significant first.
  const auto size = variable_size(object, true);
  if (!size || size->count > 3 || !layout_.integer.digits.present()) {
    return std::nullopt;
  }
  Integer found{.negative = size->negative};
  for (std::uint64_t i = 0; i < size->count; ++i) {
    const auto digit = memory_.get<std::uint32_t>(object + layout_.integer.digits.value() + i * 4);
    // Of the third one 4 bits are left.
    if (!digit || *digit >> (i == 2 ? 4U : 30U) != 0) {
      return std::nullopt;
    }
    found.magnitude |= static_cast<std::uint64_t>(*digit) << (30 * i);
  }
  return found;
}

std::optional<std::uint64_t> Objects::integer(Address object) const {
  const auto found = sign_and_magnitude(object);
  if (!found || (found->negative && found->magnitude > kSignBit)) {
    return std::nullopt;
  }
  return found->negative ? 0 - found->magnitude : found->magnitude;
}

std::optional<std::int64_t> Objects::signed_integer(Address object) const {
  const auto found = sign_and_magnitude(object);
  if (!found || found->magnitude > (found->negative ? kSignBit : kSignBit - 1)) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(found->negative ? 0 - found->magnitude : found->magnitude);
}

std::optional<bool> Objects::truth(Address object) const {
  const auto type = type_of(object);
  const auto value = type && type_name(*type) == "bool" ? integer(object) : std::nullopt;
  return value ? std::optional(*value != 0) : std::nullopt;
}

}  // namespace stillframe::cpython
