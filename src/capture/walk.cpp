#include "capture/walk.h"

#include "cpython/dialects/dialect.h"
#include "cpython/stacks/frame_fields.h"
#include "cpython/stacks/frames.h"

namespace stillframe::capture {
namespace {

using cpython::Address;
using cpython::ChainBreak;
using cpython::ChainEnd;

// Puts calls into the caller's room.
class Room {
 public:
  explicit Room(std::span<RawCall> into) : into_(into) {}
  [[nodiscard]] bool is_full() const { return count_ == into_.size(); }
  [[nodiscard]] std::size_t count() const { return count_; }
  void add(const RawCall& call) { into_[count_++] = call; }
  void mark_last_as_entry() {
    if (count_ > 0) {
      into_[count_ - 1].entry = true;
    }
  }

 private:
  std::span<RawCall> into_;
  std::size_t count_ = 0;
};

Walked end(const Room& room, ChainBreak broken) {
  return {.count = room.count(), .broken = broken};
}

Walked walk_interpreter_frames(const cpython::Objects& objects, Address top, Room room) {
  const bool has_shims = objects.dialect().frames.entry_mark == cpython::EntryMark::shim;
  bool ended_with_entry = top == 0;
  // Between two calls stand at most two shims (behind the outermost one 3.15 has one more): more are a cycle.
  constexpr int kMostShims = 2;
  int shims = 0;
  for (Address at = top; at != 0;) {
    const auto fields = read_interpreter_frame(objects, at);
    if (!fields) {
      return end(room, {.end = ChainEnd::unreadable, .reason = fields.error().reason, .at = at});
    }
    const bool shim = has_shims && fields->owner >= cpython::kFirstShim;
    if (fields->owner > cpython::kLastOwner) {
      return end(room, {.end = ChainEnd::no_frame, .at = at});
    }
    if (shim) {
      room.mark_last_as_entry();
      if (++shims > kMostShims) {
        return end(room, {.end = ChainEnd::cycle, .at = at});
      }
    } else {
      shims = 0;
      if (room.is_full()) {
        return end(room, {.end = ChainEnd::room, .at = at});
      }
      room.add({.frame = at,
                .code = fields->code(),
                .instruction = fields->instruction,
                .copy_index = fields->copy_index,
                .entry = fields->is_entry});
    }
    ended_with_entry = shim || fields->is_entry;
    at = fields->previous;
  }
  return ended_with_entry ? Walked{.count = room.count(), .broken = {}} : end(room, {.end = ChainEnd::not_at_entry});
}

Walked walk_frame_objects(const cpython::Objects& objects, Address top, Room room) {
  for (Address at = top; at != 0;) {
    const auto fields = read_frame_object(objects, at);
    if (!fields) {
      return end(room, {.end = ChainEnd::unreadable, .reason = fields.error().reason, .at = at});
    }
    if (room.is_full()) {
      return end(room, {.end = ChainEnd::room, .at = at});
    }
    room.add({.frame = at,
              .code = fields->code,
              .instruction = static_cast<std::uint64_t>(static_cast<std::int64_t>(fields->lasti)),
              .entry = true});
    at = fields->back;
  }
  return {.count = room.count(), .broken = {}};
}

}  // namespace

Walked walk(const cpython::Objects& objects, Address thread, std::span<RawCall> into) {
  const bool light = objects.dialect().frames.interpreter_frames;
  const auto top = light ? innermost_interpreter_frame(objects, thread) : innermost_frame_object(objects, thread);
  if (!top) {
    return {.count = 0, .broken = ChainBreak{.end = ChainEnd::no_thread_state, .at = thread}};
  }
  return light ? walk_interpreter_frames(objects, *top, Room(into)) : walk_frame_objects(objects, *top, Room(into));
}

}  // namespace stillframe::capture
