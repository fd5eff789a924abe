// What a look is asked for.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "binary/native_symbols.h"
#include "cpython/objects/object_path.h"
#include "cpython/stacks/chain_budget.h"
#include "cpython/values/printer.h"
#include "target/target.h"

namespace stillframe::capture {

enum class NativeOption : std::uint8_t {
  none,
  last,    // only what runs below the last Python call
  python,  // native frames of threads that Python knows
  all,     // of every thread of the process
};

// The tasks of asyncio, trio, curio and gevent.
enum class TaskOption : std::uint8_t {
  none,
  few,    // for findings: as far as it costs next to nothing; of many only those that run
  many,   // for findings, however many there are
  waits,  // likewise, and in full wherever one of their libraries is at work: what waits is told through them
  all,
};

// Arguments and locals of Python frames.
struct ValueOptions {
  bool wanted = false;
  std::uint32_t children = 0;  // how many levels of parts each value has, as values of their own
  cpython::ValueLimits limits;
  cpython::Redaction redaction = cpython::Redaction::usual();
};

// Objects that are to be shown with what they are made of.
struct ObjectOptions {
  std::vector<cpython::ObjectPath> paths;
  std::optional<std::int64_t> interpreter;  // whose modules names begin in; absent: the main one's
  std::uint32_t depth = 3;                  // how many levels of parts are shown
};

// Of what threads wait for that others hold.
enum class ResourceOption : std::uint8_t {
  none,
  names,   // what it is, what the waiting code calls it, who holds it; of locks their state too
  states,  // of everything its state: "unset", "size=10 maxsize=10"
};

struct Options {
  bool no_block = false;    // never stop a thread; say that what is shown may be torn
  bool exhaustive = false;  // search memory for interpreters even where a symbol leads to them
  NativeOption native = NativeOption::none;
  ResourceOption resources = ResourceOption::states;
  ValueOptions values;    // the limits and hidden names of `objects` too
  ObjectOptions objects;  // for inspect()
  TaskOption tasks = TaskOption::few;
  cpython::ChainLimits chain_limits;
  std::chrono::milliseconds stop_limit = target::kDefaultStopLimit;  // for all threads together
  std::uint64_t max_read = binary::FileBudget::kDefaultBytes;        // of source and debug files
  binary::FetchDebugFile fetch;  // where native frames lack names; may be empty. Called after the target runs again
};

}  // namespace stillframe::capture
