// Who holds a lock that keeps no owner: found by the code that took it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "capture/capturer.h"
#include "cpython/sync/lock_objects.h"
#include "cpython/sync/object_names.h"
#include "model/still.h"
#include "resolve/source_text.h"
#include "target/target.h"

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
  LockHolders(const target::Target& target, const std::vector<KnownThread>& threads, const cpython::Objects& objects,
              cpython::LockObjects& locks, cpython::Variables& variables, cpython::ObjectNames& names)
      : target_(target),
        threads_(threads),
        objects_(objects),
        locks_(locks),
        variables_(variables),
        names_(names),
        source_files_(target) {}

  // Adds holders, or to a holder that is known the place where it took the resource.
  void find(model::Resource& resource);

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
  void find_calls_of_acquire(const model::Resource& resource);
  std::optional<std::int32_t> line_of_acquire(const cpython::RawFrame& frame, std::int32_t until,
                                              const std::string& name);
  void add(model::Resource& resource, const Taking& taking) const;
  void find_runner(model::Resource& resource);
  void find_critical_section(model::Resource& resource) const;
  void find_who_stops_the_world(model::Resource& resource) const;
  [[nodiscard]] std::optional<std::int32_t> line_at(const cpython::RawFrame& frame, std::int64_t instruction) const;

  const target::Target& target_;
  const std::vector<KnownThread>& threads_;
  const cpython::Objects& objects_;
  cpython::LockObjects& locks_;
  cpython::Variables& variables_;
  cpython::ObjectNames& names_;
  std::vector<Taking> with_blocks_;
  bool with_blocks_found_ = false;
  std::vector<Taking> calls_;  // of the resource that is being looked for
  resolve::SourceFiles source_files_;
  std::map<std::string, std::optional<resolve::SourceFile>> sources_;
};

}  // namespace stillframe::waits
