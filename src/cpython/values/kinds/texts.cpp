// str, unicode, bytes and bytearray.
#include "cpython/values/kind_lists.h"
#include "cpython/values/members.h"
#include "cpython/values/quoted.h"

namespace stillframe::cpython {
namespace {

// `prefix` and `close` stand around them; `all_quotes`: as bytearray has them.
bool put_bytes(Printer& out, std::string_view prefix, Address data, std::uint64_t length, std::string_view close = "",
               bool all_quotes = false) {
  if (length > kMostLength) {
    return out.fail("its length is impossible");
  }
  if (!put_bytes_at(out, data, length, prefix, all_quotes)) {
    return out.fail("its contents cannot be read");
  }
  out.put(close);
  return true;
}

bool write_unicode(Printer& out, const Instance& object) {
  const auto place = out.objects().text_place(object.address);
  if (!place) {
    return out.fail("it is no sound text");
  }
  if (place->length > kMostLength) {
    return out.fail("its length is impossible");
  }
  return put_text_at(out, *place) || out.fail("its characters cannot be read");
}

bool write_bytes_as(Printer& out, const Instance& object, std::string_view prefix) {
  const Layout& layout = out.objects().layout();
  const auto length = out.objects().field<std::uint64_t>(object.address, layout.var_object.size_field);
  if (!length || !layout.bytes.data.present()) {
    return out.fail("its length cannot be read");
  }
  return put_bytes(out, prefix, object.address + layout.bytes.data.value(), *length);
}

bool write_str(Printer& out, const Instance& object) {
  return out.objects().dialect().objects.str_is_bytes ? write_bytes_as(out, object, "") : write_unicode(out, object);
}

bool write_bytes(Printer& out, const Instance& object) {
  return write_bytes_as(out, object, out.objects().dialect().objects.str_is_bytes ? "" : "b");
}

// PyByteArrayObject: ob_alloc, ob_bytes, ob_start behind the head (Include/cpython/bytearrayobject.h); in 2.7
// ob_exports, ob_alloc, ob_bytes (Include/bytearrayobject.h).
bool write_bytearray(Printer& out, const Instance& object) {
  const Objects& objects = out.objects();
  const auto length = objects.field<std::uint64_t>(object.address, objects.layout().var_object.size_field);
  const auto start = objects.pointer(object.address, var_word(objects, 2));
  if (!length || !start) {
    return out.fail("its length cannot be read");
  }
  const bool named = objects.dialect().reprs.containers_name_subclass && !object.type.name.empty();
  const std::string name = named ? object.type.name.substr(object.type.name.rfind('.') + 1) : "bytearray";
  const bool all_quotes = objects.dialect().reprs.bytearray_escapes_single_quotes;
  return put_bytes(out, name + "(b", *start, *length, ")", all_quotes);
}

constexpr Kind kTextKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "str", .write = write_str},
    {.name = "unicode", .write = write_unicode},
    {.name = "bytes", .write = write_bytes},
    {.name = "bytearray", .write = write_bytearray},
};

}  // namespace

std::span<const Kind> text_kinds() {
  return kTextKinds;
}

}  // namespace stillframe::cpython
