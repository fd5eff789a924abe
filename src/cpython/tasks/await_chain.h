// The calls that a suspended coroutine stands in: itself, what it awaits, what that awaits, down to what is no
// coroutine.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "cpython/stacks/frames.h"
#include "cpython/stacks/generators.h"

namespace stillframe::cpython {

struct AwaitChain {
  std::vector<RawFrame> frames;  // outermost first
  Address end = 0;               // what the innermost of them awaits: a future, or what is not known here; 0: nothing
  bool running = false;          // the innermost one is running: what it called is on a thread's stack
  bool begun = true;             // false: the outermost one has not begun
  std::optional<std::string> broken;  // why frames are missing
};

// Of a coroutine that is suspended, the call in which it waits. The functions live as long as who has answered.
struct InnermostCall {
  struct Function {
    std::string name;
    std::string file;
  };
  const Function* function = nullptr;
  const Function* caller = nullptr;  // what awaits it; null: it is the coroutine's own
};

class AwaitChains {
 public:
  AwaitChains(const Objects& objects, CodeCache& codes) : objects_(objects), codes_(codes) {}

  // `coroutine`: what a task runs. Cycles are cut and the length is bounded.
  AwaitChain follow(Address coroutine);
  // The last of those calls, or the first on the way there that `suffices`. Nothing where one of them runs, has not
  // begun, or cannot be read.
  std::optional<InnermostCall> innermost(Address coroutine, const std::function<bool(const InnermostCall&)>& suffices);

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
  // Null where it cannot be read.
  const InnermostCall::Function* function_of(const GeneratorState& generator);

  const Objects& objects_;
  CodeCache& codes_;
  std::unordered_map<Address, Awaitable> kinds_;                                   // by type
  std::unordered_map<Address, std::optional<InnermostCall::Function>> functions_;  // by code
};

}  // namespace stillframe::cpython
