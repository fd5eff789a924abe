// range, xrange, slice and memoryview.
#include <fmt/format.h>

#include "cpython/values/kind_lists.h"
#include "cpython/values/members.h"
#include "cpython/values/quoted.h"
#include "cpython/values/text_repr.h"

namespace stillframe::cpython {
namespace {

// rangeobject in Objects/rangeobject.c: start, stop, step (ints), length.
bool write_range(Printer& out, const Instance& object) {
  const auto start = part(out.objects(), object.address, 0);
  const auto stop = part(out.objects(), object.address, 1);
  const auto step = part(out.objects(), object.address, 2);
  if (!start || !stop || !step) {
    return out.fail("its bounds cannot be read");
  }
  out.put("range(");
  out.item(*start, "start");
  out.put(", ");
  out.item(*stop, "stop");
  if (out.objects().integer(*step) != std::uint64_t{1}) {
    out.put(", ");
    out.item(*step, "step");
  }
  out.put(")");
  return true;
}

// rangeobject of 2.7: start, step, len, C longs. rangeobject_repr() shows the stop that the length gives.
bool write_xrange(Printer& out, const Instance& object) {
  const auto start = out.objects().field<std::int64_t>(object.address, word(out.objects(), 0));
  const auto step = out.objects().field<std::int64_t>(object.address, word(out.objects(), 1));
  const auto length = out.objects().field<std::int64_t>(object.address, word(out.objects(), 2));
  if (!start || !step || !length) {
    return out.fail("its bounds cannot be read");
  }
  // In unsigned numbers, which may wrap around as those of a sound range do not.
  const auto stop = static_cast<std::int64_t>(static_cast<std::uint64_t>(*start) +
                                              static_cast<std::uint64_t>(*length) * static_cast<std::uint64_t>(*step));
  if (*start == 0 && *step == 1) {
    out.put(fmt::format("xrange({})", stop));
  } else if (*step == 1) {
    out.put(fmt::format("xrange({}, {})", *start, stop));
  } else {
    out.put(fmt::format("xrange({}, {}, {})", *start, stop, *step));
  }
  return true;
}

// PySliceObject (Include/cpython/sliceobject.h): start, stop, step.
bool write_slice(Printer& out, const Instance& object) {
  out.put("slice(");
  std::uint32_t index = 0;
  for (const char* name : {"start", "stop", "step"}) {
    const auto bound = part(out.objects(), object.address, index);
    if (!bound) {
      return out.fail("its bounds cannot be read");
    }
    out.put(index++ == 0 ? "" : ", ");
    out.item(*bound, name);
  }
  out.put(")");
  return true;
}

// Py_buffer (Include/pybuffer.h) within a memoryview.
struct Buffer {
  Address data = 0;
  Address exporter = 0;
  std::uint64_t length = 0;
  std::uint64_t item_size = 0;
  std::int32_t read_only = 0;
  std::int32_t dimensions = 0;
  Address format = 0;
  Address shape = 0;
  Address strides = 0;
  Address suboffsets = 0;
};

// Whether the bytes follow one another in memory.
bool is_contiguous(const Objects& objects, const Buffer& buffer) {
  if (buffer.suboffsets != 0) {
    return false;
  }
  if (buffer.dimensions == 0 || buffer.strides == 0) {
    return true;
  }
  const auto stride =
      buffer.dimensions == 1 ? objects.memory().get<std::uint64_t>(buffer.strides) : std::unexpected(memory::Fault{});
  return stride && (*stride == buffer.item_size || buffer.length <= buffer.item_size);
}

void put_buffer(Printer& out, const Buffer& buffer) {
  const Objects& objects = out.objects();
  if (const auto format = buffer.format != 0 ? objects.c_string(buffer.format, 64) : std::nullopt) {
    out.put(" format=");
    std::string text;
    append_bytes_repr(text, *format);
    out.put(text);
  }
  out.put(fmt::format(" nbytes={}", buffer.length));
  if (is_contiguous(objects, buffer)) {
    put_bytes_at(out, buffer.data, buffer.length, " bytes=b");
  }
}

// PyMemoryViewObject (Include/cpython/memoryobject.h): head with size, mbuf, hash, flags, exports, view; in 2.7 head,
// base, view (Include/memoryobject.h).
bool write_memoryview(Printer& out, const Instance& object) {
  const Objects& objects = out.objects();
  const bool has_flags = objects.dialect().library.memoryview_has_flags;
  constexpr std::uint32_t kReleased = 1;  // _Py_MEMORYVIEW_RELEASED
  const auto flags = has_flags ? objects.field<std::uint32_t>(object.address, var_word(objects, 2)) : std::uint32_t{0};
  const auto buffer = objects.field<Buffer>(object.address, has_flags ? var_word(objects, 4) : word(objects, 1));
  if (!flags || !buffer) {
    return out.fail("its buffer cannot be read");
  }
  if ((*flags & kReleased) != 0) {
    out.put(fmt::format("<released memory at {:#x}>", object.address));
    return true;
  }
  constexpr std::int32_t kMostDimensions = 64;  // PyBUF_MAX_NDIM
  if (buffer->length > kMostLength || buffer->dimensions < 0 || buffer->dimensions > kMostDimensions) {
    return out.fail("its buffer makes no sense");
  }
  out.put(fmt::format("<memory at {:#x}", object.address));
  put_buffer(out, *buffer);
  out.put(">");
  if (buffer->exporter != 0) {
    out.note("obj", buffer->exporter);
  }
  return true;
}

constexpr Kind kRangeKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "range", .write = write_range},
    {.name = "xrange", .write = write_xrange},
    {.name = "slice", .write = write_slice},
    {.name = "memoryview", .write = write_memoryview},
};

}  // namespace

std::span<const Kind> range_kinds() {
  return kRangeKinds;
}

}  // namespace stillframe::cpython
