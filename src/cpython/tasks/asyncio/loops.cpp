#include "cpython/tasks/asyncio/loops.h"

#include <algorithm>
#include <vector>

#include "cpython/values/fields.h"
#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

// Timers of one loop that are looked at; a million take some 300 MB of the program's memory.
constexpr std::uint64_t kMostTimers = 1'000'000;
// Of its state alone. They are a heap (heapq): the first one that is not cancelled is among the first.
constexpr std::uint64_t kFewTimers = 64;
constexpr std::uint64_t kMostArguments = 8;

}  // namespace

// BaseEventLoop in Lib/asyncio/base_events.py. Of other loops (uvloop's is made in C) nothing but their tasks is known.
RawLoop Loops::read(Address loop, LoopDepth depth) {
  RawLoop found{.address = loop};
  found.type = instances_.types().name_of(loop);
  const auto closed = instances_.truth(loop, "_closed");
  const auto ready = instances_.get(loop, "_ready");
  const auto length = ready ? length_of(instances_.objects(), *ready) : std::nullopt;
  if (!closed || !length) {
    return found;
  }
  found.known = true;
  found.closed = *closed;
  found.debug = instances_.truth(loop, "_debug").value_or(false);
  found.ready = *length;
  if (const auto ident = instances_.integer(loop, "_thread_id")) {
    found.thread_ident = static_cast<std::uint64_t>(*ident);
  }
  read_timers(found, depth);
  if (depth == LoopDepth::all) {
    read_files(found);
  }
  return found;
}

void Loops::read_timers(RawLoop& loop, LoopDepth depth) {
  const Objects& objects = instances_.objects();
  const auto list = instances_.get(loop.address, "_scheduled");
  const auto count = list ? length_of(objects, *list) : std::nullopt;
  const auto items = list ? objects.pointer(*list, objects.layout().list.items) : std::nullopt;
  if (!count || !items) {
    loop.whole = false;
    return;
  }
  loop.scheduled = *count;
  const bool all = depth == LoopDepth::all;
  std::vector<Address> handles(std::min(*count, all ? kMostTimers : kFewTimers));
  loop.whole = loop.whole && (!all || handles.size() == *count);
  if (!reaches(objects, *items, handles.size() * sizeof(Address)) ||
      !objects.memory().read(*items, std::as_writable_bytes(std::span(handles)))) {
    loop.whole = false;
    return;
  }
  for (const Address handle : handles) {
    read_timer(handle, loop);
  }
}

// What is called then: with a future that it sets (sleep(), the timeouts of wait() and, to 3.11, of wait_for()), or
// Timeout._on_timeout, which cancels a task (Lib/asyncio/timeouts.py, 3.11+).
void Loops::read_timer(Address handle, RawLoop& loop) {
  const auto when = instances_.real(handle, "_when");
  if (!when || instances_.truth(handle, "_cancelled").value_or(false)) {
    return;
  }
  loop.next_timer = std::min(loop.next_timer.value_or(*when), *when);
  for_each_argument(handle, [&](Address argument) {
    if (future_class(instances_, argument) != FutureClass::none) {
      loop.timers.emplace(argument, *when);
    }
  });
  const auto callback = instances_.get(handle, "_callback");
  const auto self = callback ? self_of(*callback) : std::nullopt;
  if (self && instances_.is_a(*self, "asyncio.timeouts.Timeout")) {
    const auto task = instances_.get(*self, "_task");
    if (task && !instances_.is_none(*task)) {
      const auto [known, fresh] = loop.timeouts.emplace(*task, *when);
      known->second = std::min(known->second, *when);
    }
  }
}

void Loops::read_files(RawLoop& loop) {
  const auto selector = instances_.get(loop.address, "_selector");
  const bool whole =
      !selector || for_each_key(instances_, *selector, [&](const SelectorKey& key) { read_key(key, loop); });
  loop.whole = loop.whole && whole;
}

// The data of a key are the handles that are called when the file can be read, and written.
void Loops::read_key(const SelectorKey& key, RawLoop& loop) {
  const Objects& objects = instances_.objects();
  if (length_of(objects, key.data) != 2) {
    return;
  }
  for (const bool to_write : {false, true}) {
    const auto handle = tuple_item(objects, key.data, to_write ? 1 : 0);
    if (handle && !instances_.is_none(*handle)) {
      read_handle(*handle, {.fd = key.fd, .to_write = to_write}, loop);
    }
  }
}

// loop.sock_recv() and its like hand over a future; what a transport reads and writes is handled by its methods.
void Loops::read_handle(Address handle, const WatchedFile& file, RawLoop& loop) {
  for_each_argument(handle, [&](Address argument) {
    if (future_class(instances_, argument) != FutureClass::none) {
      loop.files.emplace(argument, file);
    }
  });
  const auto callback = instances_.get(handle, "_callback");
  if (const auto self = callback ? self_of(*callback) : std::nullopt) {
    loop.files.emplace(*self, file);
  }
}

std::optional<Address> Loops::self_of(Address callback) {
  const Type* type = instances_.types().of(callback);
  return type != nullptr && type->name == "method" ? part(instances_.objects(), callback, 1) : std::nullopt;
}

template <typename Visit>
void Loops::for_each_argument(Address handle, const Visit& visit) {
  const Objects& objects = instances_.objects();
  const auto arguments = instances_.get(handle, "_args");
  const auto count = arguments ? length_of(objects, *arguments) : std::nullopt;
  for (std::uint32_t i = 0; count && i < std::min(*count, kMostArguments); ++i) {
    if (const auto argument = tuple_item(objects, *arguments, i)) {
      visit(*argument);
    }
  }
}

}  // namespace stillframe::cpython
