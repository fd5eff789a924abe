// The exceptions that a thread handles or raises at this moment, and the calls that do.
#pragma once

#include <vector>

#include "cpython/objects.h"

namespace stillframe::cpython {

struct ExceptionInFlight {
  Address exception = 0;  // the object
  Address frame = 0;      // of the call it has come to, as RawFrame::address; 0: not known
  bool handled = false;   // an except or finally block runs; false: it is on its way to one
};

// Innermost first. Of a chain that cannot be followed to its end, its beginning.
std::vector<ExceptionInFlight> exceptions_in_flight(const Objects& objects, Address thread);

}  // namespace stillframe::cpython
