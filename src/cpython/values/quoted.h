// Text and bytes that are no objects of their own (a part of a string, the characters of an array).
#pragma once

#include "cpython/values/printer.h"

namespace stillframe::cpython {

// The bytes at `at` by their repr(), no more than the limits allow, then how many more there are. False when they
// cannot be read.
bool put_bytes_at(Printer& out, Address at, std::uint64_t length);
// Characters of one, two or four bytes, likewise.
bool put_characters_at(Printer& out, Address at, std::uint64_t length, std::uint32_t width);

}  // namespace stillframe::cpython
