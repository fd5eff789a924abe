// multiprocessing: semaphores and locks with their state, processes.
#include <fmt/format.h>

#include "cpython/values/c_members.h"
#include "cpython/values/fields.h"
#include "cpython/values/kind_lists.h"

namespace stillframe::cpython {
namespace {

// SemLockObject in Modules/_multiprocessing/semaphore.c.
struct SemaphoreMembers {
  Address handle;
  std::uint64_t last_thread;
  std::int32_t count, most;
};

// A sem_t begins with its value, in glibc and in musl, which marks those that are waited for with the highest bit.
// Cores may lack the memory that processes share.
void put_value(Printer& out, Address handle) {
  constexpr std::uint32_t kValue = 0x7FFFFFFF;
  const auto value = read_at<std::uint32_t>(out, handle);
  out.put(" value=");
  value ? out.put(fmt::format("{}", *value & kValue)) : out.unreadable("what is shared");
}

bool write_process_semaphore(Printer& out, const Instance& object) {
  const auto members = members_of<SemaphoreMembers>(out, object);
  if (!members || members->most < 0 || members->count < 0) {
    return out.fail("its members make no sense");
  }
  out.head(object);
  put_value(out, members->handle);
  out.put(fmt::format(" maxvalue={} count={}>", members->most, members->count));
  return true;
}

// BaseProcess.__repr__ in Lib/multiprocessing/process.py; whether one runs that has not been asked for its exit status,
// and whether one without a Popen object is the program itself, is not known here.
bool write_process(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto name = fields.at("_name");
  if (!name) {
    return out.fail("it has no name");
  }
  out.put(fmt::format("<{} ", class_name(object.type)));
  out.attribute("name", *name);
  const auto popen = fields.at("_popen");
  const Type* type = popen ? out.types().of(*popen) : nullptr;
  const Fields child(out, type == nullptr ? object : Instance{.address = *popen, .type = *type});
  const auto put_number = [&](std::string_view called, std::optional<std::int64_t> number) {
    number ? out.put(fmt::format(" {}={}", called, *number)) : void();
  };
  put_number("pid", child.integer("pid"));
  put_number("parent", fields.integer("_parent_pid"));
  const auto status = child.integer("returncode");
  out.put(fields.truth("_closed").value_or(false) ? " closed" : status ? " stopped" : "");
  put_number("exitcode", status);
  out.put(">");
  return true;
}

constexpr Kind kMultiprocessingKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "_multiprocessing.SemLock", .write = write_process_semaphore},
    {.name = "multiprocessing.process.BaseProcess", .write = write_process, .python_repr = true},
    {.name = "multiprocessing.process.Process", .write = write_process, .python_repr = true},  // 2.7
};

}  // namespace

std::span<const Kind> multiprocessing_kinds() {
  return kMultiprocessingKinds;
}

}  // namespace stillframe::cpython
