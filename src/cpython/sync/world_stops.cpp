#include "cpython/sync/world_stops.h"

#include <cstring>
#include <span>

#include "cpython/sync/object_mutexes.h"

namespace stillframe::cpython {
namespace {

// struct _stoptheworld_state of Include/internal/pycore_interp.h (3.13), pycore_interp_structs.h (3.14, 3.15).
struct StopState {
  std::uint8_t mutex;
  std::uint8_t requested;
  std::uint8_t world_stopped;
  std::uint8_t is_global;
  std::uint8_t stop_event;
  std::int64_t thread_countdown;
  Address requester;
};
static_assert(sizeof(StopState) == 24 && offsetof(StopState, requester) == 16);

std::optional<WorldStop> stop_at(const Objects& objects, Address address,
                                 std::span<const RawInterpreter* const> interpreters) {
  const auto state = objects.memory().get<StopState>(address);
  if (!state || state->requested != 1 || state->world_stopped > 1 || state->requester == 0) {
    return std::nullopt;
  }
  WorldStop stop{.address = address, .requester = nullptr, .missing = {}, .all_stand = state->world_stopped == 1};
  for (const RawInterpreter* interpreter : interpreters) {
    for (const RawThread& thread : interpreter->threads) {
      if (thread.address == state->requester) {
        stop.requester = &thread;
      } else if (attachment_of(objects, thread.address) == Attachment::attached) {
        stop.missing.push_back(&thread);
      }
    }
  }
  return stop.requester != nullptr ? std::optional(std::move(stop)) : std::nullopt;
}

}  // namespace

std::vector<WorldStop> world_stops(const Objects& objects, const Runtime& runtime, const RawProcess& process) {
  std::vector<WorldStop> found;
  const Layout& layout = runtime.layout;
  if (!layout.build.free_threaded || !layout.interpreter.stop_the_world.present()) {
    return found;
  }
  const auto add = [&](Address address, std::span<const RawInterpreter* const> interpreters) {
    if (auto stop = stop_at(objects, address, interpreters)) {
      found.push_back(std::move(*stop));
    }
  };
  std::vector<const RawInterpreter*> all;
  for (const RawInterpreter& interpreter : process.interpreters) {
    all.push_back(&interpreter);
    add(interpreter.address + layout.interpreter.stop_the_world.value(), std::span(&all.back(), 1));
  }
  if (runtime.runtime != 0 && layout.runtime.stop_the_world.present()) {
    add(runtime.runtime + layout.runtime.stop_the_world.value(), all);
  }
  return found;
}

}  // namespace stillframe::cpython
