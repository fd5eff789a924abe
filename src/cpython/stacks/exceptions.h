// The exceptions that a thread handles or raises at this moment, and the calls that do; where they have been.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cpython/objects/objects.h"
#include "cpython/stacks/code.h"

namespace stillframe::cpython {

struct ExceptionInFlight {
  Address exception = 0;  // the object
  Address traceback = 0;  // where it has been so far; 0: none is known
  Address frame = 0;      // of the call it has come to, as RawFrame::address; 0: not known
  bool handled = false;   // an except or finally block runs; false: it is on its way to one
};

// Innermost first. Of a chain that cannot be followed to its end, its beginning.
std::vector<ExceptionInFlight> exceptions_in_flight(const Objects& objects, Address thread);

// Where an exception has been, and what it came from; 0 where there is none. 2.7's objects keep but the arguments.
struct ExceptionParts {
  Address args = 0;
  Address traceback = 0;
  Address context = 0;
  Address cause = 0;
  bool suppress_context = false;
};
ExceptionParts exception_parts(const Objects& objects, Address exception);

// A call that an exception has passed through.
struct TracebackCall {
  const Code* code = nullptr;  // lives in the CodeCache
  std::int64_t lasti = -1;
  std::optional<std::int32_t> line;  // where the traceback keeps it; else it is that of `lasti`
};
// Outermost first, as Python prints them: the last one is where it was raised. Of a chain that cannot be followed to
// its end, its beginning.
std::vector<TracebackCall> traceback_calls(const Objects& objects, CodeCache& codes, Address traceback);

// The exception that nobody caught, of those that the interpreter has printed: sys.last_exc (3.12+), sys.last_value.
Address last_exception(const Objects& objects, Address interpreter);

}  // namespace stillframe::cpython
