#include "cpython/sync/work_queue.h"

#include <algorithm>
#include <cstdint>

#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

constexpr std::uint64_t kMostItems = 4096;

// simplequeueobject in Modules/_queuemodule.c, 3.13+: has_threads_waiting, then a RingBuf of which the next item is at
// get_idx: put_idx, get_idx, items, items_cap, num_items.
std::vector<Address> items_in_ring(const Objects& objects, Address queue) {
  const auto at = [&](std::uint32_t index) {
    return objects.field<std::uint64_t>(queue, word(objects, index)).value_or(0);
  };
  const std::uint64_t next = at(2);
  const Address items = at(3);
  const std::uint64_t capacity = at(4);
  const std::uint64_t count = std::min({at(5), capacity, kMostItems});
  std::vector<Address> found;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto item = objects.memory().get<Address>(items + ((next + i) % capacity) * sizeof(Address));
    if (!item || *item == 0) {
      break;
    }
    found.push_back(*item);
  }
  return found;
}

// To 3.12: lock, locked, lst, lst_pos; what has been taken stays in the list for a while.
std::vector<Address> items_in_list(const Objects& objects, Address queue) {
  const auto list = part(objects, queue, 2);
  const auto taken = objects.field<std::uint64_t>(queue, word(objects, 3));
  const auto length = list ? objects.field<std::uint64_t>(*list, objects.layout().var_object.size_field) : std::nullopt;
  const auto items = list ? objects.pointer(*list, objects.layout().list.items) : std::nullopt;
  std::vector<Address> found;
  if (!taken || !length || !items || *taken > *length) {
    return found;
  }
  for (std::uint64_t i = *taken; i < *length && found.size() < kMostItems; ++i) {
    const auto item = objects.memory().get<Address>(*items + i * sizeof(Address));
    if (!item || *item == 0) {
      break;
    }
    found.push_back(*item);
  }
  return found;
}

bool is_of_pools(const RawFrame& frame, std::string_view function) {
  return frame.code != nullptr && frame.code->name == function &&
         frame.code->filename.ends_with("/concurrent/futures/thread.py");
}

}  // namespace

std::vector<Address> futures_in(const Objects& objects, Address queue) {
  const auto type = objects.type_of(queue);
  if (!type || objects.type_name(*type) != "_queue.SimpleQueue") {
    return {};
  }
  const bool ring = objects.dialect().library.queue_is_ring;
  std::vector<Address> futures;
  for (const Address item : ring ? items_in_ring(objects, queue) : items_in_list(objects, queue)) {
    // _WorkItem of Lib/concurrent/futures/thread.py; None tells a worker to end.
    if (const auto future = objects.instance_attribute(item, "future")) {
      futures.push_back(*future);
    }
  }
  return futures;
}

// _WorkItem.run() and _worker() of Lib/concurrent/futures/thread.py, 3.7 to 3.15.
std::optional<Address> future_run_by(const Objects& objects, Variables& variables, const RawFrame& frame) {
  if (!is_of_pools(frame, "run")) {
    return std::nullopt;
  }
  const auto item = local_variable(variables, frame, "self");
  return item ? objects.instance_attribute(*item, "future") : std::nullopt;
}

std::optional<Address> work_queue_of(Variables& variables, const RawFrame& frame) {
  return is_of_pools(frame, "_worker") ? local_variable(variables, frame, "work_queue") : std::nullopt;
}

}  // namespace stillframe::cpython
