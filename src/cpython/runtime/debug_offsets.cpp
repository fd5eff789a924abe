#include "cpython/runtime/debug_offsets.h"

#include <fmt/format.h>

#include <array>
#include <cstring>

namespace stillframe::cpython {
namespace {

using DebugOffsets = decltype(Layout::debug_offsets);

struct OwnField {
  Offset DebugOffsets::* own;   // where the target keeps the offset
  Offset DebugOffsets::* size;  // where it keeps the size of the structure it lies in
  const char* name;
  Offset& (*into)(Layout& layout);
};

// NOLINTBEGIN(cppcoreguidelines-macro-usage): names said once
#define SF_OWN(group, field)                                                                               \
  OwnField {                                                                                               \
    .own = &DebugOffsets::group##_##field, .size = &DebugOffsets::group##_size, .name = #group "." #field, \
    .into = [](Layout& layout) -> Offset& { return layout.group.field; }                                   \
  }
// NOLINTEND(cppcoreguidelines-macro-usage)

constexpr OwnField kOwnFields[] = {
    SF_OWN(runtime, finalizing),
    SF_OWN(runtime, interpreters_head),
    SF_OWN(interpreter, id),
    SF_OWN(interpreter, next),
    SF_OWN(interpreter, threads_head),
    SF_OWN(interpreter, modules),
    SF_OWN(interpreter, sysdict),
    SF_OWN(interpreter, gil),
    SF_OWN(thread, prev),
    SF_OWN(thread, next),
    SF_OWN(thread, interp),
    SF_OWN(thread, current_frame),
    SF_OWN(thread, base_frame),
    SF_OWN(thread, thread_id),
    SF_OWN(thread, native_thread_id),
    SF_OWN(thread, datastack_chunk),
    SF_OWN(thread, status),
    SF_OWN(thread, holds_gil),
    SF_OWN(thread, gil_requested),
    SF_OWN(thread, current_exception),
    SF_OWN(frame, previous),
    SF_OWN(frame, executable),
    SF_OWN(frame, instr_ptr),
    SF_OWN(frame, localsplus),
    SF_OWN(frame, owner),
    SF_OWN(frame, stacktop),
    SF_OWN(frame, tlbc_index),
    SF_OWN(code, filename),
    SF_OWN(code, name),
    SF_OWN(code, qualname),
    SF_OWN(code, linetable),
    SF_OWN(code, firstlineno),
    SF_OWN(code, argcount),
    SF_OWN(code, localsplusnames),
    SF_OWN(code, localspluskinds),
    SF_OWN(code, code_adaptive),
    SF_OWN(code, tlbc),
    SF_OWN(object, type),
    SF_OWN(type, name),
    SF_OWN(type, flags),
    SF_OWN(type, basicsize),
    SF_OWN(type, dictoffset),
    SF_OWN(heap_type, cached_keys),
    SF_OWN(tuple, items),
    SF_OWN(list, items),
    SF_OWN(dict, keys),
    SF_OWN(dict, values),
    SF_OWN(floating, value),
    SF_OWN(integer, tag),
    SF_OWN(integer, digits),
    SF_OWN(bytes, data),
    SF_OWN(unicode, state),
    SF_OWN(unicode, length),
    SF_OWN(generator, frame),
    SF_OWN(generator, state),
};
#undef SF_OWN

// PyInterpreterState is some hundred kilobytes; nothing that is read is larger.
constexpr std::uint64_t kMaxStructure = 1U << 20U;

// The target's offsets as they lie in its memory.
class OwnOffsets {
 public:
  static std::optional<OwnOffsets> read(const Layout& table, const memory::MemorySource& memory, Address runtime) {
    const std::uint32_t size = table.debug_offsets.size;
    OwnOffsets offsets;
    if (size == 0 || size > offsets.raw_.size() || !memory.read(runtime, std::span(offsets.raw_.data(), size))) {
      return std::nullopt;
    }
    offsets.size_ = size;
    return offsets;
  }

  // The value kept at that place; nothing when this version has no such place, or the value is no offset at all.
  [[nodiscard]] std::optional<std::uint32_t> value(Offset place) const {
    if (!place.present() || place.value() + 8 > size_) {
      return std::nullopt;
    }
    std::uint64_t value = 0;
    std::memcpy(&value, raw_.data() + place.value(), sizeof value);
    return value <= kMaxStructure ? std::optional(static_cast<std::uint32_t>(value)) : std::nullopt;
  }

 private:
  std::array<std::byte, 2048> raw_{};
  std::uint32_t size_ = 0;
};

void apply_sums(const DebugOffsets& places, const OwnOffsets& own, Layout& layout) {
  const auto gc = own.value(places.interpreter_gc);
  const auto collecting = own.value(places.gc_collecting);
  if (gc && collecting) {
    layout.interpreter.gc_collecting = *gc + *collecting;
  }
  // The GIL's fields are given from the interpreter's beginning; other code has the address of the GIL itself.
  const auto state = own.value(places.gil_state);
  const auto locked = own.value(places.gil_locked);
  const auto holder = own.value(places.gil_holder);
  if (state && locked && holder && *locked >= *state && *holder >= *state) {
    layout.gil.locked = *locked - *state;
    layout.gil.last_holder = *holder - *state;
  }
  if (const auto breaker = own.value(places.eval_breaker)) {
    layout.thread.eval_breaker = *breaker;
  }
  const auto sane_head = [](std::optional<std::uint32_t> size) { return size && *size >= 16 && *size <= 256; };
  if (const auto size = own.value(places.ascii_size); sane_head(size)) {
    // The compact head is the ASCII one with two more words.
    layout.compact.size = *size + (layout.compact.size - layout.ascii.size);
    layout.ascii.size = *size;
  }
  if (const auto size = own.value(places.compact_size); sane_head(size)) {
    layout.compact.size = *size;
  }
}

}  // namespace

std::optional<RuntimeIdentity> read_debug_offsets_identity(const memory::MemorySource& memory, Address runtime) {
  struct Head {
    std::array<char, 8> cookie;
    std::uint64_t version;
    std::uint64_t free_threaded;
  };
  const auto head = memory.get<Head>(runtime);
  constexpr std::array<char, 8> kCookie{'x', 'd', 'e', 'b', 'u', 'g', 'p', 'y'};
  if (!head || head->cookie != kCookie) {
    return std::nullopt;
  }
  // PY_VERSION_HEX
  return RuntimeIdentity{.version = {.major = static_cast<std::uint8_t>(head->version >> 24U),
                                     .minor = static_cast<std::uint8_t>(head->version >> 16U),
                                     .micro = static_cast<std::uint8_t>(head->version >> 8U)},
                         .free_threaded = head->free_threaded != 0};
}

std::optional<OwnLayout> apply_debug_offsets(const Layout& table, const memory::MemorySource& memory, Address runtime) {
  const auto own = OwnOffsets::read(table, memory, runtime);
  if (!own || !read_debug_offsets_identity(memory, runtime)) {
    return std::nullopt;
  }
  OwnLayout result{.layout = table};
  for (const OwnField& field : kOwnFields) {
    const Offset place = table.debug_offsets.*field.own;
    if (!place.present()) {
      continue;
    }
    const auto value = own->value(place);
    const auto size = own->value(table.debug_offsets.*field.size);
    // Sizes of variable structures leave their tails out: an offset may equal the size.
    if (!value || !size || *value > *size) {
      result.warnings.push_back(
          fmt::format("the target's own offset of {} makes no sense; the table's is used", field.name));
      continue;
    }
    // A field that this build does not have is given as 0, which is where no such field can be.
    Offset& into = field.into(result.layout);
    if (*value != 0 || (into.present() && into.value() == 0)) {
      into = *value;
    }
  }
  apply_sums(table.debug_offsets, *own, result.layout);
  return result;
}

}  // namespace stillframe::cpython
