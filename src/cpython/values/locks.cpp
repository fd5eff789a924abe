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

// How many words of its own an object of that type has: what tells the versions of a structure apart where bugfix
// releases changed it.
std::uint64_t words_of(const Objects& objects, Address object) {
  const auto type = objects.type_of(object);
  const auto size = type ? objects.field<std::uint64_t>(*type, objects.layout().type.basicsize) : std::nullopt;
  const std::uint64_t head = word(objects, 0).value();
  return size && *size > head ? (*size - head + sizeof(Address) - 1) / sizeof(Address) : 0;
}

// A PyMutex, thread, level; the older structure has four words.
constexpr std::uint64_t kWordsOfRecursiveMutex = 3;

}  // namespace

// lockobject in Modules/_threadmodule.c. 3.14+, and 3.13 from one of its bugfix releases on: a PyMutex. Before:
// lock_lock, in_weakreflist, locked. 2.7 (Modules/threadmodule.c): lock_lock alone tells; it is a sem_t
// (Python/thread_pthread.h), whose value stands first in glibc and in musl: 1 is free.
std::optional<bool> is_locked(const Objects& objects, Address lock) {
  if (words_of(objects, lock) == 1) {
    return mutex_is_held(objects, lock + word(objects, 0).value());
  }
  if (objects.dialect().sync.lock_is_semaphore_alone) {
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
  if (words_of(objects, lock) != kWordsOfRecursiveMutex) {
    return RLockState{.owner = *count > 0 ? *owner : 0, .count = *count};
  }
  const auto held = mutex_is_held(objects, lock + word(objects, 0).value());
  if (!held) {
    return std::nullopt;
  }
  return *held ? RLockState{.owner = *owner, .count = *count + 1} : RLockState{};
}

}  // namespace stillframe::cpython
