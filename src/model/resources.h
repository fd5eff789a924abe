// What threads wait for that others hold or have to do: locks, conditions, queues, threads that are to end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stillframe::model {

enum class ResourceKind : std::uint8_t {
  gil,
  lock,       // threading.Lock
  rlock,      // threading.RLock
  condition,  // what somebody else has to notify
  event,      // what somebody else has to set
  semaphore,
  barrier,
  queue,           // what somebody else has to put an item in, or take one from
  future,          // what somebody else has to fulfil
  thread,          // what has to end
  import_lock,     // of a module that is being imported
  mutex,           // of C code: pthread_mutex_t
  rwlock,          // of C code: pthread_rwlock_t
  loader,          // the dynamic loader's lock
  arena,           // a lock of malloc
  static_guard,    // the initialisation of a static variable of C++
  process_lock,    // of multiprocessing: one that processes share
  object_mutex,    // 3.13+: a PyMutex, of an object or of the interpreter itself
  stop_the_world,  // 3.13+, free-threaded: what has all threads of Python stand still
  standstill,      // likewise: that they do, which who has asked for it waits for
};

// Whether it is held by one who took it, and has to let go of it: no semaphore, whose places are given back by anybody.
constexpr bool is_lock(ResourceKind kind) {
  switch (kind) {
    case ResourceKind::lock:
    case ResourceKind::rlock:
    case ResourceKind::import_lock:
    case ResourceKind::mutex:
    case ResourceKind::rwlock:
    case ResourceKind::loader:
    case ResourceKind::arena:
    case ResourceKind::static_guard:
    case ResourceKind::process_lock:
    case ResourceKind::object_mutex:
    case ResourceKind::stop_the_world:
      return true;
    case ResourceKind::gil:
    case ResourceKind::condition:
    case ResourceKind::event:
    case ResourceKind::semaphore:
    case ResourceKind::barrier:
    case ResourceKind::queue:
    case ResourceKind::future:
    case ResourceKind::thread:
    case ResourceKind::standstill:
      return false;
  }
  return false;
}

// Somebody on whom a resource depends: who holds a lock, the thread that is to end.
struct Holder {
  std::optional<std::int64_t> tid;   // absent: it is no thread of the process (any more)
  bool certain = false;              // the resource itself names it
  std::string how;                   // how it is known: "its owner field", "the with block that it is in"
  std::optional<std::size_t> other;  // a thread of another process: in Still::others
  std::optional<std::size_t> frame;  // of that thread's frames: the call that took the lock
  std::optional<std::int32_t> line;  // in that call: where it took the lock
  bool begins_turn = false;          // each turn of a loop in that call begins with taking it
};

struct Resource {
  ResourceKind kind = ResourceKind::lock;
  std::uint64_t address = 0;
  std::string type;                  // "threading.Lock", "pthread_mutex_t"
  std::optional<std::string> name;   // as the code that waits calls it: "self.lock"; of a thread its name
  std::optional<std::string> state;  // as its repr() says it: "unset", "value=0/4", "maxsize=10 items=10"
  std::vector<Holder> holders;       // empty: not known, or a resource that nobody holds
  bool others_may_hold = false;      // of a semaphore: somebody who is not seen may have places of it, too
};

// That a thread waits for a resource.
struct ResourceWait {
  std::size_t resource = 0;          // in Still::resources
  std::string call;                  // "Event.wait", "Queue.get", "with", "Lock.acquire"
  std::optional<std::size_t> frame;  // of the thread's frames: the call that waits, behind the library's own
  // Whether the code that waits for a lock gives it back itself: a `with` statement, or a release() further down.
  // False: other code does, so it may be a bell. Absent: its source is not there, or it waits for something else.
  std::optional<bool> gives_back;
};

}  // namespace stillframe::model
