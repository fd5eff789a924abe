// The calls of Python's own library that wait for what other threads do: Event.wait, Queue.get, Thread.join …
#pragma once

#include <optional>
#include <string>
#include <string_view>

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
};

// Such a call, and what it waits for.
struct LibraryWait {
  const LibraryCall* call = nullptr;
  Address object = 0;
};

// What a frame waits for where it is such a call.
std::optional<LibraryWait> library_wait(Types& types, Variables& variables, const RawFrame& frame);

}  // namespace stillframe::cpython
