#include "native/pthread_locks.h"

#include <linux/futex.h>

#include <algorithm>
#include <array>

namespace stillframe::native {
namespace {

using memory::Address;

constexpr std::uint32_t kOwnerBits = 0x3fffffff;  // FUTEX_TID_MASK
constexpr std::uint32_t kWaiters = 0x80000000;    // FUTEX_WAITERS

bool is_one_of(std::span<const target::Tid> tids, std::uint32_t tid) {
  return std::ranges::find(tids, static_cast<target::Tid>(tid)) != tids.end();
}

// lock, count, owner, nusers, kind.
std::optional<MutexOwner> glibc_mutex(const memory::MemorySource& memory, Address at,
                                      std::span<const target::Tid> tids) {
  const auto words = memory.get<std::array<std::uint32_t, 5>>(at);
  constexpr std::uint32_t kind_bits = 0x7f | 0x80 | 0x100 | 0x200;  // with PTHREAD_MUTEX_PSHARED_BIT and elision
  if (!words || (*words)[0] != 2 || ((*words)[4] & ~kind_bits) != 0 || !is_one_of(tids, (*words)[2])) {
    return std::nullopt;
  }
  return MutexOwner{.mutex = at, .tid = (*words)[2]};
}

}  // namespace

std::optional<MutexOwner> waited_mutex(const memory::MemorySource& memory, const model::SystemCall& call,
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
    return MutexOwner{.mutex = first || priority ? at : at - 4, .tid = *lock & kOwnerBits};
  }
  return expected == 2 ? glibc_mutex(memory, at, tids) : std::nullopt;
}

}  // namespace stillframe::native
