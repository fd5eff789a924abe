// Event loops of asyncio: what they have to do, when, and which files they watch for whom.
#pragma once

#include <cstdint>
#include <optional>

#include "cpython/tasks/asyncio/futures.h"
#include "cpython/tasks/raw_tasks.h"
#include "cpython/tasks/selector_keys.h"

namespace stillframe::cpython {

enum class LoopDepth : std::uint8_t {
  state,  // not what its timers and files are for; of many timers only the first ones
  all,
};

class Loops {
 public:
  explicit Loops(Instances& instances) : instances_(instances) {}

  RawLoop read(Address loop, LoopDepth depth = LoopDepth::all);

 private:
  void read_timers(RawLoop& loop, LoopDepth depth);
  void read_timer(Address handle, RawLoop& loop);
  void read_callback(Address callback, double when, RawLoop& loop);
  bool is_task_object(Address object);
  void read_files(RawLoop& loop);
  void read_key(const SelectorKey& key, RawLoop& loop);
  void read_handle(Address handle, const WatchedFile& file, RawLoop& loop);
  // The object that a bound method belongs to.
  std::optional<Address> self_of(Address callback);
  template <typename Visit>
  void for_each_argument(Address handle, const Visit& visit);

  Instances& instances_;
};

}  // namespace stillframe::cpython
