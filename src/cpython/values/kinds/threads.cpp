// threading.Thread: name, whether it runs, and its ident.
#include <fmt/format.h>

#include "cpython/values/fields.h"
#include "cpython/values/kind_lists.h"
#include "cpython/values/locks.h"
#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

// ThreadHandle in Modules/_threadmodule.c (3.13+), behind PyThreadHandleObject's head: two list nodes of two words,
// ident, os_handle, has_os_handle and state (ints), a PyMutex, and thread_is_exiting, a PyEvent of one byte.
constexpr std::uint32_t kExiting = 57;

std::optional<bool> handle_is_done(const Objects& objects, Address handle_object) {
  const auto handle = part(objects, handle_object, 0);
  const auto event = handle ? objects.field<std::uint8_t>(*handle, kExiting) : std::nullopt;
  return event ? std::optional((*event & 1U) != 0) : std::nullopt;
}

// Whether the thread has ended, as is_alive() finds out: 3.13+ by its handle (_handle, later _os_thread_handle); 3.x by
// _is_stopped, or by the lock that its thread state lets go of; 2.7 by __stopped.
bool has_ended(const Objects& objects, const Fields& fields) {
  if (const auto handle = fields.at("_os_thread_handle", "_handle")) {
    return handle_is_done(objects, *handle).value_or(false);
  }
  if (fields.truth("_is_stopped").value_or(false) || fields.truth("_Thread__stopped").value_or(false)) {
    return true;
  }
  const auto lock = fields.at("_tstate_lock");
  return lock && !is_none(objects, *lock) && !is_locked(objects, *lock).value_or(true);
}

bool has_started(Printer& out, const Fields& fields) {
  const auto started = fields.at("_started", "_Thread__started");
  const Type* type = started ? out.types().of(*started) : nullptr;
  if (type == nullptr) {
    return false;
  }
  const Fields event(out, {.address = *started, .type = *type});
  const auto flag = event.truth("_flag");
  return flag ? *flag : event.truth("_Event__flag").value_or(false);
}

// Thread.__repr__ in Lib/threading.py.
bool write_thread(Printer& out, const Instance& object) {
  const Fields fields(out, object);
  const auto name = fields.at("_name", "_Thread__name");
  if (!name) {
    return out.fail("it has no name");
  }
  std::string status = "initial";
  if (has_started(out, fields)) {
    status = has_ended(out.objects(), fields) ? "stopped" : "started";
  }
  const auto daemon = fields.truth("_daemonic");
  if (daemon ? *daemon : fields.truth("_Thread__daemonic").value_or(false)) {
    status += " daemon";
  }
  if (const auto ident = signed_integer(out.objects(), fields.at("_ident", "_Thread__ident"))) {
    status += fmt::format(" {}", *ident);
  }
  out.put(fmt::format("<{}(", class_name(object.type)));
  put_bare(out, name);
  out.put(fmt::format(", {})>", status));
  return true;
}

constexpr Kind kThreadKinds[] = {
    // NOLINT(modernize-avoid-c-arrays): its length is counted
    {.name = "threading.Thread", .write = write_thread, .python_repr = true},
};

}  // namespace

std::span<const Kind> thread_kinds() {
  return kThreadKinds;
}

}  // namespace stillframe::cpython
