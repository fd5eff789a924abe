#include "native/pthread_locks.h"

#include <linux/futex.h>

#include <algorithm>
#include <array>
#include <ranges>
#include <string_view>

namespace stillframe::native {
namespace {

using memory::Address;

constexpr std::uint32_t kOwnerBits = 0x3fffffff;  // FUTEX_TID_MASK
constexpr std::uint32_t kWaiters = 0x80000000;    // FUTEX_WAITERS

bool is_one_of(std::span<const target::Tid> tids, std::uint32_t tid) {
  return std::ranges::find(tids, static_cast<target::Tid>(tid)) != tids.end();
}

// lock, count, owner, nusers, kind.
std::optional<NativeLock> glibc_mutex(const memory::MemorySource& memory, Address at,
                                      std::span<const target::Tid> tids) {
  const auto words = memory.get<std::array<std::uint32_t, 5>>(at);
  constexpr std::uint32_t kind_bits = 0x7f | 0x80 | 0x100 | 0x200;  // with PTHREAD_MUTEX_PSHARED_BIT and elision
  if (!words || (*words)[0] != 2 || ((*words)[4] & ~kind_bits) != 0 || !is_one_of(tids, (*words)[2])) {
    return std::nullopt;
  }
  return NativeLock{.address = at, .owner = (*words)[2]};
}

// pthread_rwlock_t of glibc (sysdeps/nptl/bits/struct_rwlock.h): readers, writers, wrphase_futex, writers_futex, two
// words of padding, cur_writer. Threads sleep on the first, third or fourth word.
NativeLock rwlock_at(const memory::MemorySource& memory, Address futex, std::span<const target::Tid> tids) {
  constexpr Address writer = 24;
  for (const Address offset : {Address{8}, Address{12}, Address{0}}) {
    const auto owner = memory.get<std::uint32_t>(futex - offset + writer);
    if (owner && is_one_of(tids, *owner)) {
      return {.kind = model::ResourceKind::rwlock, .address = futex - offset, .owner = *owner};
    }
  }
  return {.kind = model::ResourceKind::rwlock, .address = futex};
}

// pthread_cond_t of glibc (sysdeps/nptl/bits/thread-shared-types.h): waiters sleep on one of the two words
// __g_signals, in turn, which stand behind 40 bytes (32 from 2.41 on, where two words less come before). musl's waiters
// sleep on words of their own stacks.
Address condition_at(Address futex, const model::Frame& frame) {
  constexpr Address before = 0x28;
  const bool musl = frame.library && frame.library->contains("musl");
  return musl ? futex : (futex & ~Address{7}) - before;
}

struct LockFunction {
  std::string_view name;  // a part of it: glibc has several names for most of them
  model::ResourceKind kind;
};

// The first one that is met from the innermost call outwards tells. Those of the loader come last: they call the
// others.
constexpr std::array kFunctions{
    LockFunction{"pthread_rwlock_", model::ResourceKind::rwlock},
    LockFunction{"pthread_cond_", model::ResourceKind::condition},
    LockFunction{"pthread_barrier_wait", model::ResourceKind::barrier},
    LockFunction{"sem_wait", model::ResourceKind::semaphore},
    LockFunction{"sem_timedwait", model::ResourceKind::semaphore},
    LockFunction{"sem_clockwait", model::ResourceKind::semaphore},
    LockFunction{"__new_sem_wait", model::ResourceKind::semaphore},
    LockFunction{"__cxa_guard_acquire", model::ResourceKind::static_guard},
    LockFunction{"_int_free", model::ResourceKind::arena},
    LockFunction{"_int_malloc", model::ResourceKind::arena},
    LockFunction{"__libc_malloc", model::ResourceKind::arena},
    LockFunction{"__libc_calloc", model::ResourceKind::arena},
    LockFunction{"__libc_realloc", model::ResourceKind::arena},
    LockFunction{"__libc_free", model::ResourceKind::arena},
    LockFunction{"arena_get", model::ResourceKind::arena},
    LockFunction{"_dl_open", model::ResourceKind::loader},
    LockFunction{"_dl_close", model::ResourceKind::loader},
    LockFunction{"dl_iterate_phdr", model::ResourceKind::loader},
    LockFunction{"_dl_add_to_namespace_list", model::ResourceKind::loader},
    LockFunction{"_dl_lookup_symbol", model::ResourceKind::loader},
    LockFunction{"_dl_find_object", model::ResourceKind::loader},
    LockFunction{"_dl_sym", model::ResourceKind::loader},
};

// How many calls above the system call can be those of a lock.
constexpr std::size_t kMostCalls = 12;

}  // namespace

std::string_view type_of(model::ResourceKind kind) {
  switch (kind) {
    case model::ResourceKind::mutex:
      return "pthread_mutex_t";
    case model::ResourceKind::rwlock:
      return "pthread_rwlock_t";
    case model::ResourceKind::condition:
      return "pthread_cond_t";
    case model::ResourceKind::barrier:
      return "pthread_barrier_t";
    case model::ResourceKind::semaphore:
      return "sem_t";
    default:
      return "";
  }
}

std::optional<NativeLock> waited_lock(const memory::MemorySource& memory, const model::Thread& thread,
                                      const std::optional<NativeLock>& mutex, std::span<const target::Tid> tids) {
  const Address futex = thread.system_call->arguments[0];
  std::size_t seen = 0;
  for (const model::Frame& frame : std::views::reverse(thread.frames)) {
    if (frame.kind != model::FrameKind::native || ++seen > kMostCalls) {
      break;
    }
    const auto known =
        std::ranges::find_if(kFunctions, [&](const LockFunction& one) { return frame.function.contains(one.name); });
    if (known == kFunctions.end()) {
      continue;
    }
    if (known->kind == model::ResourceKind::rwlock) {
      return rwlock_at(memory, futex, tids);
    }
    // Who was notified waits for the mutex again, in the same call.
    if (mutex && known->kind == model::ResourceKind::condition) {
      return mutex;
    }
    if (known->kind == model::ResourceKind::condition) {
      return NativeLock{.kind = known->kind, .address = condition_at(futex, frame)};
    }
    return NativeLock{
        .kind = known->kind, .address = mutex ? mutex->address : futex, .owner = mutex ? mutex->owner : 0};
  }
  return mutex;
}

std::optional<NativeLock> waited_mutex(const memory::MemorySource& memory, const model::SystemCall& call,
                                       std::span<const target::Tid> tids) {
  if (call.name != "futex" || !call.first_argument_known) {
    return std::nullopt;
  }
  const Address at = call.arguments[0];
  const auto operation = static_cast<int>(call.arguments[1]) & FUTEX_CMD_MASK;
  const auto expected = static_cast<std::uint32_t>(call.arguments[2]);
  if (operation != FUTEX_WAIT && operation != FUTEX_WAIT_BITSET && operation != FUTEX_LOCK_PI &&
      operation != FUTEX_LOCK_PI2) {
    return std::nullopt;
  }
  const auto lock = memory.get<std::uint32_t>(at);
  if (!lock) {
    return std::nullopt;
  }
  const bool names_owner = (*lock & kWaiters) != 0 && is_one_of(tids, *lock & kOwnerBits);
  const bool priority = operation == FUTEX_LOCK_PI || operation == FUTEX_LOCK_PI2;
  if (names_owner && (priority || expected == *lock)) {
    // musl's word stands behind the type; of glibc's own mutexes it is the first one.
    const auto owner = memory.get<std::uint32_t>(at + 8);
    const bool first = owner && *owner == (*lock & kOwnerBits);
    return NativeLock{.address = first || priority ? at : at - 4, .owner = *lock & kOwnerBits};
  }
  return expected == 2 ? glibc_mutex(memory, at, tids) : std::nullopt;
}

}  // namespace stillframe::native
