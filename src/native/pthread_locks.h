// Locks of C code, by the futex on which threads wait for them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "memory/memory_source.h"
#include "model/still.h"
#include "target/target.h"

namespace stillframe::native {

// A lock that a thread waits for.
struct NativeLock {
  model::ResourceKind kind = model::ResourceKind::mutex;
  memory::Address address = 0;
  target::Tid owner = 0;  // as the target's own pid namespace numbers it; 0: the lock does not tell
};

// The mutex that a thread waits for in this system call, and its owner, where the structure itself proves that it is
// one: it is locked, somebody waits, and its owner is one of `tids`.
// glibc: pthread_mutex_t begins with lock, count, owner (sysdeps/nptl/bits/struct_mutex.h); who waits has made lock 2
// (nptl/lowlevellock.c) or, of robust and inheriting mutexes, set the highest bit of the owner's id in it.
// musl: type, lock (src/internal/pthread_impl.h); the lock has its owner's id, and the highest bit while threads wait.
std::optional<NativeLock> waited_mutex(const memory::MemorySource& memory, const model::SystemCall& call,
                                       std::span<const target::Tid> tids);

// "pthread_mutex_t"; empty for what has no type of its own.
std::string_view type_of(model::ResourceKind kind);

// What the functions say on whose behalf a thread sleeps on a futex: the innermost native calls of `frames`, if they
// are known. `mutex` is what waited_mutex() has found.
std::optional<NativeLock> waited_lock(const memory::MemorySource& memory, const model::Thread& thread,
                                      const std::optional<NativeLock>& mutex, std::span<const target::Tid> tids);

}  // namespace stillframe::native
