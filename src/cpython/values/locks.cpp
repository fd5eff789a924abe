#include "cpython/values/locks.h"

#include "cpython/values/members.h"

namespace stillframe::cpython {
namespace {

// PyMutex (Include/cpython/lock.h): bit 0 says that it is held, bit 1 that threads wait.
constexpr std::uint8_t kHeld = 1;
constexpr std::uint8_t kKnownBits = 3;

std::optional<bool> mutex_is_held(const Objects& objects, Address mutex) {
  const auto bits = objects.memory().get<std::uint8_t>(mutex);
  if (!bits || (*bits & ~kKnownBits) != 0) {
    return std::nullopt;
  }
  return (*bits & kHeld) != 0;
}

}  // namespace

// lockobject in Modules/_threadmodule.c. 3.14+: a PyMutex. 3.2 to 3.13: lock_lock, in_weakreflist, locked. 2.7
// (Modules/threadmodule.c): lock_lock alone tells; it is a sem_t (Python/thread_pthread.h), whose value stands first in
// glibc and in musl: 1 is free.
std::optional<bool> is_locked(const Objects& objects, Address lock) {
  const PythonVersion version = objects.layout().version;
  if (version >= PythonVersion{3, 14, 0}) {
    return mutex_is_held(objects, lock + word(objects, 0).value());
  }
  if (version.major < 3) {
    const auto semaphore = part(objects, lock, 0);
    const auto value = semaphore ? objects.memory().get<std::uint32_t>(*semaphore) : std::unexpected(memory::Fault{});
    return value && *value <= 1 ? std::optional(*value == 0) : std::nullopt;
  }
  const auto held = objects.field<std::uint8_t>(lock, word(objects, 2));
  return held && *held <= 1 ? std::optional(*held == 1) : std::nullopt;
}

// rlockobject. 3.14+: _PyRecursiveMutex (Include/internal/pycore_lock.h), a PyMutex, thread, and level, which counts
// from the second time on. To 3.13: rlock_lock, rlock_owner, rlock_count.
std::optional<RLockState> rlock_state(const Objects& objects, Address lock) {
  const auto owner = objects.field<std::uint64_t>(lock, word(objects, 1));
  const auto count = objects.field<std::uint64_t>(lock, word(objects, 2));
  if (!owner || !count) {
    return std::nullopt;
  }
  if (objects.layout().version < PythonVersion{3, 14, 0}) {
    return RLockState{.owner = *count > 0 ? *owner : 0, .count = *count};
  }
  const auto held = mutex_is_held(objects, lock + word(objects, 0).value());
  if (!held) {
    return std::nullopt;
  }
  return *held ? RLockState{.owner = *owner, .count = *count + 1} : RLockState{};
}

}  // namespace stillframe::cpython
