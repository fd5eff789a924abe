// The calls that a suspended coroutine stands in: itself, what it awaits, what that awaits, down to what is no
// coroutine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "cpython/frames.h"
#include "cpython/generators.h"
#include "cpython/values/types.h"

namespace stillframe::cpython {

struct AwaitChain {
  std::vector<RawFrame> frames;  // outermost first
  Address end = 0;               // what the innermost of them awaits: a future, or what is not known here; 0: nothing
  bool running = false;          // the innermost one is running: what it called is on a thread's stack
  bool begun = true;             // false: the outermost one has not begun
  std::optional<std::string> broken;  // why frames are missing
};

class AwaitChains {
 public:
  AwaitChains(const Objects& objects, CodeCache& codes, Types& types)
      : objects_(objects), codes_(codes), types_(types) {}

  // `coroutine`: what a task runs. Cycles are cut and the length is bounded.
  AwaitChain follow(Address coroutine);

 private:
  enum class Awaitable : std::uint8_t {
    generator,  // also coroutines: has a frame
    wrapper,    // leads on by its first word
    future,     // an iterator over a future, which is its first word
    other,
  };
  Awaitable kind_of(Address object);
  // Takes in what stands at `at`; the next one, or 0.
  Address visit(Address at, AwaitChain& chain);
  Address visit_generator(Address at, AwaitChain& chain);

  const Objects& objects_;
  CodeCache& codes_;
  Types& types_;
  std::unordered_map<Address, Awaitable> kinds_;  // by type
};

}  // namespace stillframe::cpython
