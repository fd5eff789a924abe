// Thread pools of concurrent.futures.
#pragma once

#include <cstdint>
#include <vector>

namespace stillframe::model {

struct WorkerPool {
  std::uint64_t queue = 0;             // the address of its queue of work
  std::vector<std::int64_t> workers;   // threads
  std::vector<std::uint64_t> waiting;  // futures of work that no worker has taken yet, the next one first
};

}  // namespace stillframe::model
