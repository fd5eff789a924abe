#include "cpython/sync/object_mutexes.h"

#include <algorithm>

namespace stillframe::cpython {
namespace {

// struct _object of Include/object.h (3.13t to 3.15t): ob_tid, two bytes of flags or padding, and ob_mutex.
constexpr Address kMutex = 10;
// Critical sections within one another in one thread.
constexpr int kMostSections = 256;

bool has_object_mutexes(const Layout& layout) {
  return layout.build.free_threaded && dialect_of(layout).sync.parking_lot;
}

}  // namespace

Address mutex_of_object(Address object) {
  return object + kMutex;
}

std::optional<Address> object_of_mutex(const Objects& objects, Types& types, Address mutex) {
  if (!has_object_mutexes(objects.layout()) || mutex <= kMutex || (mutex - kMutex) % sizeof(Address) != 0) {
    return std::nullopt;
  }
  const Address object = mutex - kMutex;
  return types.of(object) != nullptr ? std::optional(object) : std::nullopt;
}

// PyThreadState.critical_section stands behind native_thread_id and delete_later (Include/cpython/pystate.h). It leads
// to PyCriticalSection{_cs_prev, _cs_mutex} or PyCriticalSection2, which has _cs_mutex2 behind it
// (Include/cpython/critical_section.h); the lowest bits of the pointer say that it is not active, and that it has two
// mutexes (Include/internal/pycore_critical_section.h).
std::vector<Address> mutexes_held(const Objects& objects, Address thread) {
  constexpr std::uint32_t behind_id = 16;
  constexpr Address inactive = 1;
  constexpr Address two = 2;
  std::vector<Address> held;
  const Offset id = objects.layout().thread.native_thread_id;
  if (!has_object_mutexes(objects.layout()) || !id.present()) {
    return held;
  }
  Address tagged = objects.pointer(thread, id.value() + behind_id).value_or(0);
  for (int i = 0; tagged != 0 && i < kMostSections; ++i) {
    const Address section = tagged & ~(inactive | two);
    const auto previous = objects.memory().get<Address>(section);
    const auto mutex = objects.memory().get<Address>(section + sizeof(Address));
    if (!previous || !mutex) {
      break;
    }
    if ((tagged & inactive) == 0) {
      held.push_back(*mutex);
      const auto second = (tagged & two) != 0 ? objects.memory().get<Address>(section + 2 * sizeof(Address)) : mutex;
      if (second && *second != *mutex) {
        held.push_back(*second);
      }
    }
    tagged = *previous;
  }
  std::erase(held, Address{0});  // one whose two objects are the same has one mutex
  return held;
}

// _Py_THREAD_DETACHED, _Py_THREAD_ATTACHED, _Py_THREAD_SUSPENDED (Include/internal/pycore_pystate.h, 3.13 to 3.15).
Attachment attachment_of(const Objects& objects, Address thread) {
  const auto state = objects.field<std::int32_t>(thread, objects.layout().thread.state);
  if (!state || *state < 0 || *state > 2) {
    return Attachment::unknown;
  }
  return *state == 0 ? Attachment::detached : *state == 1 ? Attachment::attached : Attachment::suspended;
}

bool waits_for_the_world(const Objects& objects, Address thread, Address parked) {
  const Offset state = objects.layout().thread.state;
  return has_object_mutexes(objects.layout()) && state.present() && parked == thread + state.value();
}

}  // namespace stillframe::cpython
