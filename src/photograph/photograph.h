// The one place that puts a still together: decide whether to stop, read, let go, finish names and lines.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "binary/native_symbols.h"
#include "cpython/chain_budget.h"
#include "cpython/object_path.h"
#include "cpython/values/printer.h"
#include "model/inspection.h"
#include "model/result.h"
#include "model/still.h"
#include "target/target.h"

namespace stillframe::photograph {

enum class NativeWish : std::uint8_t {
  none,
  last,    // only what runs below the last Python call
  python,  // native frames of threads that Python knows
  all,     // of every thread of the process
};

// The tasks of asyncio, trio, curio and gevent.
enum class TaskWish : std::uint8_t {
  none,
  few,   // for findings: as far as it costs next to nothing; of many only those that run
  many,  // for findings, however many there are
  all,
};

// Arguments and locals of Python frames.
struct ValueWishes {
  bool wanted = false;
  std::uint32_t children = 0;  // how many levels of parts each value has, as values of their own
  cpython::ValueLimits limits;
  cpython::Redaction redaction = cpython::Redaction::usual();
};

// Objects that are to be shown with what they are made of.
struct ObjectWishes {
  std::vector<cpython::ObjectPath> paths;
  std::optional<std::int64_t> interpreter;  // whose modules names begin in; absent: the main one's
  std::uint32_t depth = 3;                  // how many levels of parts are shown
};

// Of what threads wait for that others hold.
enum class ResourceWish : std::uint8_t {
  none,
  names,   // what it is, what the waiting code calls it, who holds it; of locks their state too
  states,  // of everything its state: "unset", "size=10 maxsize=10"
};

struct Wishes {
  bool no_block = false;    // never stop a thread; say that what is shown may be torn
  bool exhaustive = false;  // search memory for interpreters even where a symbol leads to them
  NativeWish native = NativeWish::none;
  ResourceWish resources = ResourceWish::states;
  ValueWishes values;    // the limits and hidden names of `objects` too
  ObjectWishes objects;  // for inspect()
  TaskWish tasks = TaskWish::few;
  cpython::ChainLimits chain_limits;
  std::chrono::milliseconds stop_limit = target::kDefaultStopLimit;  // for all threads together
  std::uint64_t max_read = binary::FileBudget::kDefaultBytes;  // of source and debug files
  binary::FetchDebugFile fetch;  // where native frames lack names; may be empty. Called after the target runs again
};

// A still of every thread that Python knows; of a program without Python only where all native stacks are wished. Fails
// only when nothing at all can be shown; whatever could not be read is in the still's warnings, and `partial` is set.
Result<model::Still> take(target::Target& target, const Wishes& wishes);

// The objects that `wishes.objects` names, as they were at one moment, got as that of a still is. Fails only when the
// target cannot be looked at; what came of each name is in its answer.
Result<model::Inspection> inspect(target::Target& target, const Wishes& wishes);

}  // namespace stillframe::photograph
