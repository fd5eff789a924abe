#include "capture/gil_waits.h"

#include <algorithm>
#include <unordered_set>

#include "capture/stillness.h"

namespace stillframe::capture {
namespace {

using cpython::Address;

// A program has at most as many waiters as threads.
constexpr std::size_t kMostWaiters = 65536;
constexpr std::uint64_t kLargestGil = 4096;

// glibc's condition variables hold the futex that their waiters sleep on. musl's hold a list of the waiters, each of
// which has the futex on its own stack: struct waiter {prev, next, int state, int barrier, …}, and it is `barrier`
// (src/thread/pthread_cond_timedwait.c). Of a mutex or anything else in the GIL's structure no list leads to a futex
// that somebody sleeps on.
void add_waiters(const memory::MemorySource& memory, Address gil, std::uint64_t size,
                 std::unordered_set<Address>& futexes) {
  constexpr std::uint64_t kNext = 8;
  constexpr std::uint64_t kBarrier = 20;
  std::vector<Address> words(std::min(size, kLargestGil) / sizeof(Address));
  if (!memory.read(gil, std::as_writable_bytes(std::span(words)))) {
    return;
  }
  std::unordered_set<Address> seen;
  for (Address waiter : words) {
    while (waiter != 0 && waiter % sizeof(Address) == 0 && seen.size() < kMostWaiters && seen.insert(waiter).second) {
      const auto next = memory.get<Address>(waiter + kNext);
      if (!next) {
        break;
      }
      futexes.insert(waiter + kBarrier);
      waiter = *next;
    }
  }
}

}  // namespace

std::vector<target::Tid> find_gil_waits(const cpython::RawProcess& process, std::uint64_t gil_size,
                                        const std::unordered_map<target::Tid, target::Syscall>& calls,
                                        const memory::MemorySource& memory) {
  std::vector<Address> gils;
  std::unordered_set<Address> of_waiters;
  for (const auto& interpreter : process.interpreters) {
    if (interpreter.gil != 0) {
      gils.push_back(interpreter.gil);
      add_waiters(memory, interpreter.gil, gil_size, of_waiters);
    }
  }
  std::vector<target::Tid> waiting;
  for (const auto& [tid, call] : calls) {
    const Address futex = call.arguments[0];
    const auto within = [&](Address gil) { return futex >= gil && futex - gil < gil_size; };
    // A waiter lies in the frame of a function that has called on.
    constexpr std::uint64_t kNear = 4096;
    const bool on_own_stack = futex >= call.sp && futex - call.sp < kNear;
    if (is_futex_wait(call) && (std::ranges::any_of(gils, within) || (on_own_stack && of_waiters.contains(futex)))) {
      waiting.push_back(tid);
    }
  }
  return waiting;
}

}  // namespace stillframe::capture
