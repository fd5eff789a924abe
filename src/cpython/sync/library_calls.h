// The calls of Python's own library that wait for what other threads do: Event.wait, Queue.get, Thread.join …
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "cpython/stacks/frames.h"
#include "cpython/stacks/variables.h"
#include "cpython/values/types.h"
#include "model/resources.h"

namespace stillframe::cpython {

struct LibraryCall {
  std::string_view type;      // of its self, or of a base
  std::string_view function;  // the name of its code
  model::ResourceKind kind;
  std::string_view words;  // "Event.wait"
  bool counts = false;     // it sleeps on a semaphore that counts what there is, and that nobody holds
};

// Such a call, and what it waits for.
struct LibraryWait {
  const LibraryCall* call = nullptr;
  Address object = 0;
};

class LibraryCalls {
 public:
  LibraryCalls(Types& types, Variables& variables) : types_(types), variables_(variables) {}

  // What a frame waits for where it is such a call.
  std::optional<LibraryWait> wait_of(const RawFrame& frame);

 private:
  // What the code of a function tells; most frames are of a few functions.
  struct Function {
    bool may_wait = false;              // one of the calls has its name
    const LibraryCall* call = nullptr;  // this one it is, of whatever class its self may be
  };
  const Function& function_of(const Code& code);

  Types& types_;
  Variables& variables_;
  std::unordered_map<const Code*, Function> functions_;
};

}  // namespace stillframe::cpython
