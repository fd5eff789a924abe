// Queues of threads, and concurrent.futures: how full, how much is left to do.
#include <fmt/format.h>

#include "cpython/values/fields.h"
#include "cpython/values/kind_lists.h"
#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

// queue.Queue and its subclasses (Lib/queue.py); repr() says nothing of their state.
bool write_queue(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto items = fields.at("queue");
  const auto length = items ? length_of(out.objects(), *items) : std::nullopt;
  const auto most = fields.integer("maxsize");
  if (!length || !most) {
    return out.fail("it has no items or size");
  }
  out.head(object);
  out.put(fmt::format(" size={} maxsize={}", *length, *most));
  if (const auto unfinished = fields.integer("unfinished_tasks")) {
    out.put(fmt::format(" unfinished_tasks={}", *unfinished));
  }
  if (fields.truth("is_shutdown").value_or(false)) {
    out.put(" shutdown");
  }
  out.put(" ");
  out.attribute("queue", *items);
  out.put(">");
  return true;
}

// simplequeueobject in Modules/_queuemodule.c. To 3.12: lock, locked, lst, lst_pos. 3.13+: has_threads_waiting, then a
// RingBuf: put_idx, get_idx, items, items_cap, num_items.
bool write_simple_queue(Printer& out, const Instance& object) {
  const Objects& objects = out.objects();
  std::optional<std::uint64_t> count;
  bool waiting = false;
  if (objects.dialect().library.queue_is_ring) {
    count = objects.field<std::uint64_t>(object.address, word(objects, 5));
    waiting = objects.field<std::uint8_t>(object.address, word(objects, 0)).value_or(0) == 1;
  } else {
    const auto list = part(objects, object.address, 2);
    const auto length = list ? length_of(objects, *list) : std::nullopt;
    const auto taken = objects.field<std::uint64_t>(object.address, word(objects, 3));
    if (length && taken && *taken <= *length) {
      count = *length - *taken;
    }
  }
  if (!count || *count > std::uint64_t{1} << 44U) {
    return out.fail("its size makes no sense");
  }
  out.head(object);
  out.put(fmt::format(" size={}{}>", *count, waiting ? " threads wait" : ""));
  return true;
}

// Future.__repr__ in Lib/concurrent/futures/_base.py, and the result or exception itself.
bool write_future(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto state = fields.text("_state");
  if (!state) {
    return out.fail("it has no state");
  }
  // _STATE_TO_DESCRIPTION_MAP.
  const std::string_view shown = *state == "CANCELLED_AND_NOTIFIED" ? "cancelled"
                                 : *state == "PENDING"              ? "pending"
                                 : *state == "RUNNING"              ? "running"
                                 : *state == "CANCELLED"            ? "cancelled"
                                 : *state == "FINISHED"             ? "finished"
                                                                    : std::string_view(*state);
  out.put(fmt::format("<{} at {:#x} state={}", class_name(object.type), object.address, shown));
  if (*state == "FINISHED") {
    const bool raised = fields.at("_exception") && !fields.is_none("_exception");
    const auto outcome = fields.at(raised ? "_exception" : "_result");
    const Type* type = outcome ? out.types().of(*outcome) : nullptr;
    if (type != nullptr) {
      out.put(fmt::format(" {} {} ", raised ? "raised" : "returned", class_name(*type)));
      out.attribute(raised ? "exception" : "result", *outcome);
    }
  }
  out.put(">");
  return true;
}

// ThreadPoolExecutor (Lib/concurrent/futures/thread.py), which has no repr().
bool write_executor(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto most = fields.integer("_max_workers");
  const auto threads = fields.length("_threads");
  if (!most || !threads) {
    return out.fail("it has no workers");
  }
  out.head(object);
  out.put(fmt::format(" max_workers={} threads={}", *most, *threads));
  if (fields.truth("_shutdown").value_or(false)) {
    out.put(" shutdown");
  }
  if (const auto work = fields.at("_work_queue")) {
    out.put(" ");
    out.attribute("work_queue", *work);
  }
  out.put(">");
  return true;
}

constexpr Kind kQueueKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "queue.Queue", .write = write_queue, .python_repr = true},
    {.name = "_queue.SimpleQueue", .write = write_simple_queue},
    {.name = "concurrent.futures._base.Future", .write = write_future, .python_repr = true},
    {.name = "concurrent.futures.thread.ThreadPoolExecutor", .write = write_executor, .python_repr = true},
};

}  // namespace

std::span<const Kind> queue_kinds() {
  return kQueueKinds;
}

}  // namespace stillframe::cpython
