#include "cpython/objects.h"

#include <array>
#include <cstring>
#include <vector>

#include "cpython/dict_format.h"
#include "cpython/utf8.h"

namespace stillframe::cpython {
namespace {

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

std::string decode_characters(std::span<const std::byte> raw, std::uint32_t width) {
  std::string out;
  out.reserve(raw.size());
  for (std::size_t i = 0; i + width <= raw.size(); i += width) {
    std::uint32_t point = 0;
    std::memcpy(&point, raw.data() + i, width);
    append_utf8(out, point);
  }
  return out;
}

// 2.7 built with --enable-unicode=ucs2 keeps characters beyond U+FFFF as surrogate pairs.
std::string decode_utf16(std::span<const std::byte> raw) {
  std::string out;
  for (std::size_t i = 0; i + 2 <= raw.size(); i += 2) {
    std::uint16_t unit = 0;
    std::memcpy(&unit, raw.data() + i, 2);
    std::uint16_t next = 0;
    if ((unit & 0xFC00U) == 0xD800U && i + 4 <= raw.size()) {
      std::memcpy(&next, raw.data() + i + 2, 2);
    }
    if ((next & 0xFC00U) == 0xDC00U) {
      append_utf8(out, 0x10000U + ((unit & 0x3FFU) << 10U) + (next & 0x3FFU));
      i += 2;
    } else {
      append_utf8(out, unit);
    }
  }
  return out;
}

// Include/object.h: what tp_flags says about where an instance keeps its attributes.
constexpr std::uint64_t kInlineValues = 1U << 2U;  // 3.13+
constexpr std::uint64_t kManagedDict = 1U << 4U;   // 3.11+
// No object has its __dict__ behind more bytes than this.
constexpr std::int64_t kMaxDictOffset = std::int64_t{1} << 26U;

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
  if (object == 0 || object % 8 != 0) {
    return std::nullopt;
  }
  if (layout_.version.major < 3) {
    return text_2(object, max_length);
  }
  const auto length = field<std::uint64_t>(object, layout_.unicode.length);
  const auto raw_state = field<std::uint32_t>(object, layout_.unicode.state);
  if (!length || !raw_state || *length > max_length) {
    return std::nullopt;
  }
  const UnicodeState state = decode_state(*raw_state, layout_);
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
  if (state.ascii) {
    std::string out(*length, '\0');
    return memory_.read(data, std::as_writable_bytes(std::span(out))) ? std::optional(std::move(out)) : std::nullopt;
  }
  std::vector<std::byte> raw(*length * state.kind);
  if (!memory_.read(data, raw)) {
    return std::nullopt;
  }
  return decode_characters(raw, state.kind);
}

std::optional<std::string> Objects::text_2(Address object, std::uint64_t max_length) const {
  const auto type = type_of(object);
  const auto name = type ? type_name(*type) : std::nullopt;
  if (name == "str") {
    return bytes(object, max_length);
  }
  const auto length = field<std::uint64_t>(object, layout_.unicode.length);
  const auto data = pointer(object, layout_.unicode.legacy_str);
  if (name != "unicode" || !length || !data || *length > max_length) {
    return std::nullopt;
  }
  // Nothing in the object tells ucs2 from ucs4; a ucs4 string of any length has zero bytes in its first character's
  // upper half, which in ucs2 would be a NUL character.
  std::vector<std::byte> raw(*length * 4);
  if (memory_.read(*data, raw)) {
    bool wide = true;
    for (std::size_t i = 0; i < raw.size(); i += 4) {
      std::uint32_t point = 0;
      std::memcpy(&point, raw.data() + i, 4);
      wide = wide && point <= 0x10FFFF;
    }
    if (wide) {
      return decode_characters(raw, 4);
    }
  }
  raw.resize(*length * 2);
  return memory_.read(*data, raw) ? std::optional(decode_utf16(raw)) : std::nullopt;
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

std::optional<std::uint64_t> Objects::integer(Address object) const {
  const auto type = type_of(object);
  if (!type) {
    return std::nullopt;
  }
  if (layout_.version.major < 3 && type_name(*type) == "int") {
    return field<std::uint64_t>(object, layout_.small_integer.value);
  }
  // Longs are digits of 30 bits, least significant first; ob_size (3.12+: lv_tag >> 3) counts them.
  const bool tagged = layout_.integer.tag.present();
  const auto raw = field<std::int64_t>(object, tagged ? layout_.integer.tag : layout_.var_object.size_field);
  if (!raw || !layout_.integer.digits.present()) {
    return std::nullopt;
  }
  const bool negative = tagged ? (*raw & 3) == 2 : *raw < 0;
  const std::uint64_t digits =
      tagged ? static_cast<std::uint64_t>(*raw) >> 3U
             : (negative ? 0 - static_cast<std::uint64_t>(*raw) : static_cast<std::uint64_t>(*raw));
  if (digits > 3) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  for (std::uint64_t i = 0; i < digits; ++i) {
    const auto digit = memory_.get<std::uint32_t>(object + layout_.integer.digits.value() + i * 4);
    if (!digit) {
      return std::nullopt;
    }
    value |= static_cast<std::uint64_t>(*digit) << (30 * i);
  }
  return negative ? ~value + 1 : value;
}

bool Objects::for_each_entry(Address dict, const std::function<bool(Address, Address)>& visit) const {
  const auto table = dict_table(*this, dict);
  return table && visit_entries(memory_, *table, visit);
}

std::optional<Address> Objects::lookup(Address dict, std::string_view key) const {
  std::optional<Address> found;
  for_each_entry(dict, [&](Address name, Address value) {
    if (const auto text_of_key = text(name, key.size()); text_of_key == key) {
      found = value;
    }
    return !found;
  });
  return found;
}

std::optional<Address> Objects::instance_attribute(Address object, std::string_view name) const {
  const auto type = type_of(object);
  std::optional<Address> found;
  if (type) {
    for_each_instance_attribute(object, *type, [&](Address key, Address value) {
      if (text(key, name.size()) == name) {
        found = value;
      }
      return !found;
    });
  }
  return found;
}

bool Objects::for_each_instance_attribute(Address object, Address type,
                                          const std::function<bool(Address, Address)>& visit) const {
  const auto flags = field<std::uint64_t>(type, layout_.type.flags);
  if (!flags) {
    return false;
  }
  if (layout_.version >= PythonVersion{3, 11, 0} && (*flags & kManagedDict) != 0) {
    const auto place = managed_attributes(*this, object, type, (*flags & kInlineValues) != 0);
    if (place.dict != 0) {
      return for_each_entry(place.dict, visit);
    }
    return !place.table || visit_entries(memory_, *place.table, visit);
  }
  // Negative offsets count from the end of objects of varying size (_PyObject_ComputedDictPointer in Objects/object.c).
  auto offset = field<std::int64_t>(type, layout_.type.dictoffset);
  if (offset && *offset < 0) {
    offset = offset_from_end(object, type, *offset);
  }
  if (!offset || *offset < 0 || *offset > kMaxDictOffset) {
    return false;
  }
  if (*offset == 0) {
    return true;
  }
  const auto dict = memory_.get<Address>(object + static_cast<Address>(*offset));
  return dict && (*dict == 0 || for_each_entry(*dict, visit));
}

std::optional<std::int64_t> Objects::offset_from_end(Address object, Address type, std::int64_t offset) const {
  const auto basic_size = field<std::int64_t>(type, layout_.type.basicsize);
  const auto item_size = field<std::int64_t>(type, layout_.type.itemsize);
  const auto raw = field<std::int64_t>(object, layout_.var_object.size_field);
  if (!basic_size || !item_size || !raw) {
    return std::nullopt;
  }
  // An int keeps its sign in ob_size, from 3.12 on in the low bits of lv_tag, where it counts digits in the others.
  const auto flags = field<std::uint64_t>(type, layout_.type.flags).value_or(0);
  constexpr std::uint64_t kLong = 1U << 24U;
  const bool tagged = layout_.integer.tag.present() && (flags & kLong) != 0;
  const std::int64_t items = tagged ? *raw >> 3 : (*raw < 0 ? -*raw : *raw);
  if (items < 0 || items > kMaxDictOffset || *item_size < 0 || *item_size > kMaxDictOffset || *basic_size < 0 ||
      *basic_size > kMaxDictOffset) {
    return std::nullopt;
  }
  const std::int64_t end = (*basic_size + items * *item_size + 7) & ~std::int64_t{7};
  return end + offset;
}

}  // namespace stillframe::cpython
