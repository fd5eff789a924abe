// array.array, struct.Struct and mmap.mmap.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "cpython/values/c_members.h"
#include "cpython/values/fields.h"
#include "cpython/values/kind_lists.h"
#include "cpython/values/machine_numbers.h"
#include "cpython/values/quoted.h"
#include "cpython/values/text_repr.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 47U;

// arrayobject in Modules/arraymodule.c, behind its length; ob_descr leads to the type code and the size of an item.
struct ArrayMembers {
  Address items;
  std::int64_t allocated;
  Address description;
};
// To 2.7 the type code is an int.
struct ItemDescription {
  char code;
  std::array<char, 3> rest;
  std::int32_t size;
};

std::optional<NumberFormat> format_of(const ItemDescription& item) {
  using Kind = NumberFormat::Kind;
  const std::string_view code(&item.code, 1);
  const auto size = static_cast<std::uint32_t>(item.size);
  if (std::string_view("bhilq").contains(code)) {
    return NumberFormat{.kind = Kind::signed_integer, .size = size};
  }
  if (std::string_view("BHILQ").contains(code)) {
    return NumberFormat{.kind = Kind::unsigned_integer, .size = size};
  }
  if (std::string_view("fd").contains(code)) {
    return NumberFormat{.kind = Kind::real, .size = size, .widened = true};
  }
  return std::nullopt;
}

std::optional<std::vector<std::byte>> read_items(Printer& out, Address at, std::uint64_t size) {
  std::vector<std::byte> raw(size);
  if (!out.objects().memory().read(at, raw)) {
    return std::nullopt;
  }
  return raw;
}

bool put_characters(Printer& out, const ArrayMembers& array, const ItemDescription& item, std::uint64_t length) {
  const auto size = static_cast<std::uint32_t>(item.size);
  const bool width = size == 1 || size == 2 || size == 4;
  const bool done = item.code == 'c' ? put_bytes_at(out, array.items, length)
                                     : width && put_characters_at(out, array.items, length, size);
  return done || out.fail("its characters cannot be read");
}

bool put_numbers(Printer& out, const ArrayMembers& array, const ItemDescription& item, std::uint64_t length) {
  const auto format = format_of(item);
  if (!format || format->size < 1 || format->size > 8) {
    return out.fail("its items are of no known type");
  }
  const std::uint64_t shown = std::min(length, out.limits().max_items);
  const auto raw = read_items(out, array.items, shown * format->size);
  if (!raw) {
    return out.fail("its items cannot be read");
  }
  // What does not fit into an int for sure comes as a long.
  const bool longs = out.objects().dialect().objects.two_integer_types && (item.code == 'I' || item.code == 'L');
  out.put("[");
  const std::size_t start = out.position();
  for (std::uint64_t i = 0; i < shown; ++i) {
    out.separate(start);
    if (!out.room()) {
      break;
    }
    out.put(number_text(std::span(*raw).subspan(i * format->size), *format).value_or("?"));
    out.put(longs ? "L" : "");
  }
  if (shown < length) {
    out.separate(start);
    out.more(length - shown);
  }
  out.put("]");
  return true;
}

bool write_array(Printer& out, const Instance& object) {
  const auto length = out.objects().field<std::uint64_t>(object.address, out.objects().layout().var_object.size_field);
  const auto array = read_at<ArrayMembers>(out, var_members_at(out, object));
  const auto item = array ? read_at<ItemDescription>(out, array->description) : std::nullopt;
  if (!length || !item || item->code < 'B' || item->code > 'w') {
    return out.fail("it cannot be read");
  }
  if (item->size < 1 || item->size > 8 || *length > kMostBytes) {
    return out.fail("its length is impossible");
  }
  out.put(fmt::format("{}('{}'", class_name(object.type), item->code));
  if (*length > 0) {
    out.put(", ");
    const bool characters = item->code == 'u' || item->code == 'w' || item->code == 'c';
    if (!(characters ? put_characters : put_numbers)(out, *array, *item, *length)) {
      return false;
    }
  }
  out.put(")");
  return true;
}

// PyStructObject in Modules/_struct.c. The format is kept as bytes, in some versions as str.
bool write_struct(Printer& out, const Instance& object) {
  struct Members {
    std::int64_t size, count;
    Address codes, format;
  };
  const auto members = members_of<Members>(out, object);
  const Type* type = members ? out.types().of(members->format) : nullptr;
  if (type == nullptr) {
    return out.fail("it cannot be read");
  }
  const bool bytes = type->has(kBytesSubclass);
  const auto format = bytes ? out.objects().bytes(members->format, 4096) : out.objects().text(members->format);
  if (!format) {
    return out.fail("its format cannot be read");
  }
  std::string text(class_name(object.type));
  text += '(';
  append_bytes_repr(text, *format);
  out.put(text + ")");
  return true;
}

// mmap_object in Modules/mmapmodule.c: data, size, pos, offset, and access behind others.
bool write_mmap(Printer& out, const Instance& object) {
  struct Members {
    Address data;
    std::uint64_t size, position, offset;
  };
  constexpr std::array<std::string_view, 4> kAccess{"ACCESS_DEFAULT", "ACCESS_READ", "ACCESS_WRITE", "ACCESS_COPY"};
  const auto members = members_of<Members>(out, object);
  const auto access =
      read_at<std::uint32_t>(out, members_at(out, object) + out.objects().dialect().library.mmap_access);
  if (!members || !access || *access >= kAccess.size()) {
    return out.fail("it cannot be read");
  }
  if (members->data == 0) {
    out.put(fmt::format("<{} closed=True>", object.type.name));
    return true;
  }
  out.put(fmt::format("<{} closed=False, access={}, length={}, pos={}, offset={}>", object.type.name, kAccess[*access],
                      members->size, members->position, members->offset));
  return true;
}

constexpr Kind kArrayKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "array.array", .write = write_array},
    {.name = "_struct.Struct", .write = write_struct},
    {.name = "Struct", .write = write_struct},  // 2.7
    {.name = "mmap.mmap", .write = write_mmap},
};

}  // namespace

std::span<const Kind> array_kinds() {
  return kArrayKinds;
}

}  // namespace stillframe::cpython
