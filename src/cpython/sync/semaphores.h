// multiprocessing's semaphores and locks: what one process knows of a semaphore that it shares with others.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_set>
#include <vector>

#include "cpython/objects/objects.h"
#include "target/target.h"

namespace stillframe::cpython {

// A _multiprocessing.SemLock.
struct Semaphore {
  Address object = 0;
  Address handle = 0;                  // of the sem_t
  std::uint64_t last_thread = 0;       // threading.get_ident() of who acquired it last in this process
  std::int32_t count = 0;              // how often this process has acquired it and not let go of it
  std::int32_t most = 0;               // maxvalue
  bool recursive = false;              // an RLock
  std::optional<std::uint32_t> value;  // how often it can still be acquired; absent: that memory cannot be read

  // Only who has it can let go of it: no counter.
  [[nodiscard]] bool is_lock() const { return recursive || most == 1; }
};

// Nothing for what is no semaphore.
std::optional<Semaphore> semaphore_at(const Objects& objects, Address object);

// The semaphore objects of a process that lead to one of these sem_t.
std::vector<Semaphore> find_semaphores(const target::Target& target, const Objects& objects,
                                       const std::unordered_set<Address>& handles);

}  // namespace stillframe::cpython
