// Event loops of asyncio: what they have to do, when, and which files they watch for whom.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "cpython/tasks/asyncio/futures.h"
#include "cpython/tasks/selector_keys.h"

namespace stillframe::cpython {

// A file that a loop watches for somebody.
struct WatchedFile {
  int fd = -1;
  bool to_write = false;
};

struct RawLoop {
  Address address = 0;
  std::string type;                           // qualified: "asyncio.unix_events._UnixSelectorEventLoop"
  bool known = false;                         // its attributes are those of asyncio's own loops
  std::optional<std::uint64_t> thread_ident;  // of the thread that runs it
  bool closed = false;
  bool debug = false;
  std::uint64_t ready = 0;           // callbacks that wait for their turn
  std::uint64_t scheduled = 0;       // timers, cancelled ones included
  std::optional<double> next_timer;  // loop time of the first one that is not cancelled
  bool whole = true;                 // false: not all timers and files could be read
  // Loop times (seconds of CLOCK_MONOTONIC) at which a future is set, and at which a task is cancelled.
  std::unordered_map<Address, double> timers;
  std::unordered_map<Address, double> timeouts;
  // For futures and transports.
  std::unordered_map<Address, WatchedFile> files;
};

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
