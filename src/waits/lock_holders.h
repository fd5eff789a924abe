// Who holds a lock that keeps no owner: found by the code that took it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "capture/capturer.h"
#include "cpython/sync/lock_objects.h"
#include "cpython/sync/object_names.h"
#include "model/still.h"
#include "waits/lock_usage.h"

namespace stillframe::waits {

// A thread of the still with what was read of it.
struct KnownThread {
  model::Thread* shown = nullptr;
  const cpython::RawThread* raw = nullptr;
};

// The place in the model of a thread's frame: `inner` is its number from the innermost Python call on.
std::optional<std::size_t> shown_frame(const model::Thread& thread, std::size_t inner);

class LockHolders {
 public:
  LockHolders(const std::vector<KnownThread>& threads, const cpython::Objects& objects, cpython::LockObjects& locks,
              cpython::Variables& variables, LockUsage& usage)
      : threads_(threads), objects_(objects), locks_(locks), variables_(variables), usage_(usage) {}

  // Adds holders, or to a holder that is known the place where it took the resource, which is the still's number
  // `index`. Comes when it is known of all threads what they wait for.
  void find(model::Resource& resource, std::size_t index);

 private:
  // That a call has taken a lock and not let go of it.
  struct Taking {
    cpython::Address lock = 0;
    cpython::Address manager = 0;
    const KnownThread* thread = nullptr;
    std::size_t frame = 0;
    std::optional<std::int32_t> line;
    const char* how = "";
  };

  void find_with_blocks();
  void find_calls_of_acquire(const model::Resource& resource, std::size_t index);
  [[nodiscard]] bool has_let_go(const Taking& taking, cpython::Address lock);
  void add(model::Resource& resource, const Taking& taking) const;
  void weigh_places(model::Resource& resource, std::size_t index, std::size_t taken) const;
  void find_runner(model::Resource& resource);
  void find_critical_section(model::Resource& resource) const;
  void find_who_stops_the_world(model::Resource& resource) const;
  [[nodiscard]] std::optional<std::int32_t> line_at(const cpython::RawFrame& frame, std::int64_t instruction) const;

  const std::vector<KnownThread>& threads_;
  const cpython::Objects& objects_;
  cpython::LockObjects& locks_;
  cpython::Variables& variables_;
  LockUsage& usage_;
  std::vector<Taking> with_blocks_;
  bool with_blocks_found_ = false;
  std::vector<Taking> calls_;  // of the resource that is being looked for
};

}  // namespace stillframe::waits
