#include "cpython/asyncio/loops.h"

#include <algorithm>
#include <vector>

#include "cpython/values/fields.h"
#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

// Timers of one loop that are looked at; a million take some 300 MB of the program's memory.
constexpr std::uint64_t kMostTimers = 1'000'000;
constexpr std::uint64_t kMostFiles = 1'000'000;
constexpr std::uint64_t kMostArguments = 8;
// selectors.EVENT_WRITE; SelectorKey(fileobj, fd, events, data) in Lib/selectors.py.
constexpr std::uint32_t kKeyFd = 1;
constexpr std::uint32_t kKeyData = 3;

std::optional<Address> tuple_item(const Objects& objects, Address tuple, std::uint32_t index) {
  const auto item = objects.memory().get<Address>(tuple + objects.layout().tuple.items.value() +
                                                  std::uint64_t{index} * sizeof(Address));
  return item && *item != 0 ? std::optional(*item) : std::nullopt;
}

}  // namespace

// BaseEventLoop in Lib/asyncio/base_events.py. Of other loops (uvloop's is made in C) nothing but their tasks is known.
RawLoop Loops::read(Address loop) {
  RawLoop found{.address = loop};
  const Type* type = instances_.types().of(loop);
  found.type = type != nullptr ? type->qualified : "";
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
  read_timers(found);
  read_files(found);
  return found;
}

void Loops::read_timers(RawLoop& loop) {
  const Objects& objects = instances_.objects();
  const auto list = instances_.get(loop.address, "_scheduled");
  const auto count = list ? length_of(objects, *list) : std::nullopt;
  const auto items = list ? objects.pointer(*list, objects.layout().list.items) : std::nullopt;
  if (!count || !items) {
    loop.whole = false;
    return;
  }
  loop.scheduled = *count;
  std::vector<Address> handles(std::min(*count, kMostTimers));
  loop.whole = loop.whole && handles.size() == *count;
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
  const auto keys = selector ? instances_.get(*selector, "_fd_to_key") : std::nullopt;
  if (!keys) {
    return;  // closed
  }
  std::uint64_t seen = 0;
  const bool whole = instances_.objects().for_each_entry(*keys, [&](Address, Address key) {
    read_key(key, loop);
    return ++seen < kMostFiles;
  });
  loop.whole = loop.whole && whole;
}

// The data of a key are the handles that are called when the file can be read, and written.
void Loops::read_key(Address key, RawLoop& loop) {
  const Objects& objects = instances_.objects();
  const auto fd = signed_integer(objects, tuple_item(objects, key, kKeyFd));
  const auto data = tuple_item(objects, key, kKeyData);
  if (!fd || *fd < 0 || *fd > INT32_MAX || !data || length_of(objects, *data) != 2) {
    return;
  }
  for (const bool to_write : {false, true}) {
    const auto handle = tuple_item(objects, *data, to_write ? 1 : 0);
    if (handle && !instances_.is_none(*handle)) {
      read_handle(*handle, {.fd = static_cast<int>(*fd), .to_write = to_write}, loop);
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
