// The objects that threads lock: which of them a thread sleeps on, and who can be seen to hold one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cpython/stacks/frames.h"
#include "cpython/stacks/variables.h"
#include "cpython/sync/held_slots.h"
#include "cpython/values/types.h"

namespace stillframe::cpython {

enum class LockType : std::uint8_t {
  plain,             // _thread.lock
  recursive,         // _thread.RLock
  python_recursive,  // threading._RLock, written in Python
  semaphore,         // _multiprocessing.SemLock, which processes share
  queue,             // _queue.SimpleQueue, which is waited for as a lock is
};

struct LockObject {
  Address address = 0;
  LockType type = LockType::plain;
};

// That a call is inside a `with` block.
struct WithBlock {
  Address lock = 0;                    // what stands behind `with`, or a lock that it has
  Address manager = 0;                 // what stands behind `with`
  std::optional<std::int64_t> before;  // the instruction that leads into the block, where it is known
};

// What a lock says of who holds it.
struct LockOwner {
  std::uint64_t ident = 0;  // of the thread (threading.get_ident()); 0: nobody
  bool known = false;       // false: this kind of lock keeps no owner
};

class LockObjects {
 public:
  LockObjects(const Objects& objects, Types& types) : objects_(objects), types_(types) {}

  // Nothing for what is no lock.
  std::optional<LockObject> as_lock(Address object);
  // The locks that an object stands for: itself, the self of a bound method, the lock of a Condition, those among the
  // attributes of an instance. At most a few.
  std::vector<LockObject> locks_behind(Address object);
  // Whether a thread that sleeps on the futex at `futex` waits for this lock.
  [[nodiscard]] bool is_waited_for(const LockObject& lock, Address futex);
  // The lock on a frame's stack, or among its variables, that such a thread waits for.
  std::optional<LockObject> waited_for_in(const RawFrame& frame, Address futex, Variables& variables);
  // The `with` blocks that the running instruction of a frame is in; one for each lock that is behind it, too.
  std::vector<WithBlock> with_blocks(const RawFrame& frame);
  [[nodiscard]] LockOwner owner_of(const LockObject& lock) const;

 private:
  // An object whose __exit__ a slot of the stack holds; 0: none.
  Address manager_in(const std::vector<Address>& slots, std::size_t index);
  [[nodiscard]] std::optional<std::string> name_of_builtin(Address builtin) const;
  [[nodiscard]] std::optional<std::string> name_of_function(Address function) const;
  std::string_view type_name(Address object);

  const Objects& objects_;
  Types& types_;
};

// 3.13+: the address that a thread is parked on (a PyMutex, a PyEvent) which sleeps on the futex at `futex`, if it is
// parked at all.
std::optional<Address> parked_on(const memory::MemorySource& memory, Address futex);

// Of a thread that is parked until another one ends (3.13+): that thread's ident.
std::optional<std::uint64_t> awaited_thread(const memory::MemorySource& memory, Address parked);

}  // namespace stillframe::cpython
