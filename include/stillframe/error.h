// How Stillframe says that something could not be done.
//
// Nothing in this library throws but for lack of memory (std::bad_alloc) and for broken invariants of its own.
#pragma once

// ErrorKind, Error, and Result<T>, a std::expected<T, Error>.
#include "model/result.h"
