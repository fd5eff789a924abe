// The calls of Python's own library that wait for what other threads do: Event.wait, Queue.get, Thread.join …
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "cpython/frames.h"
#include "cpython/values/types.h"
#include "cpython/variables.h"
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
  // Whether any of the calls has the name of that code: most frames have none, and are of a few functions.
  bool may_wait(const Code& code);

  Types& types_;
  Variables& variables_;
  std::unordered_map<const Code*, bool> may_wait_;
};

}  // namespace stillframe::cpython
