// What threads wait for in Python calls: told by the lock behind the futex that they sleep on, and by the calls of the
// library that lead there.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cpython/runtime/runtime.h"
#include "cpython/sync/library_calls.h"
#include "cpython/sync/lock_objects.h"
#include "cpython/sync/object_names.h"
#include "cpython/values/redaction.h"
#include "memory/memory_source.h"
#include "model/still.h"
#include "target/target.h"
#include "waits/lock_holders.h"
#include "waits/lock_usage.h"
#include "waits/process_locks.h"
#include "waits/resource_names.h"
#include "waits/wait_graph_builder.h"

namespace stillframe::waits {

class PythonWaits {
 public:
  PythonWaits(const memory::MemorySource& memory, const target::Target& target, const cpython::Runtime& runtime,
              const cpython::Redaction& redaction, capture::ResourceOption wish, WaitGraphBuilder& book,
              model::Still& still);

  // Fills Thread::wants of a thread that sleeps on a futex, where it is told what for.
  void find(const KnownThread& thread);
  // Finds who holds what threads wait for and does not say so itself. Comes last.
  void find_holders();

 private:
  // A call of the library that waits, and its number from the innermost call on.
  struct WaitingCall {
    cpython::LibraryWait wait;
    std::size_t frame = 0;
  };

  bool sleeps_in_lock_of(const std::vector<cpython::RawFrame>& frames, cpython::Address futex,
                         const std::vector<WaitingCall>& waiting);
  void want_lock(const KnownThread& thread, cpython::Address futex, std::string_view call);
  void want_parked(const KnownThread& thread, cpython::Address futex);
  void want_from_the_interpreter(const KnownThread& thread, model::ResourceKind kind, cpython::Address object);
  void want_simple_queue(const KnownThread& thread, cpython::Address queue, std::size_t frame);
  void want_semaphore(const KnownThread& thread, cpython::Address lock, std::string_view call, std::size_t frame);
  void name_what_others_want();
  void want_thread(const KnownThread& thread, cpython::Address address, std::optional<target::Tid> tid,
                   std::size_t frame);
  void want_object(const KnownThread& thread, const cpython::LibraryWait& wait, std::size_t outermost);
  void add_importer(std::size_t index, cpython::Address lock);
  void add_owner(std::size_t index, const cpython::LockObject& lock);
  void forget_who_waits_for_a_bell(std::size_t index);

  model::Still& still_;
  WaitGraphBuilder& book_;
  const cpython::Objects objects_;
  cpython::Types types_;
  cpython::Variables variables_;
  cpython::LockObjects locks_;
  cpython::ObjectNames names_;
  cpython::LibraryCalls calls_;
  LockUsage usage_;
  LockHolders holders_;
  ProcessLocks process_locks_;
  ResourceNames described_;
  // Which many threads may wait for.
  std::unordered_map<cpython::Address, std::vector<cpython::LockObject>> locks_of_conditions_;
  std::size_t named_ = 0;  // of those that process_locks_ has added
  std::vector<std::size_t> ownerless_;
};

}  // namespace stillframe::waits
