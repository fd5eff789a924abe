// The characters of a text and the bytes of anything, as repr() writes them: of str and bytes, and of what is no object
// of its own (a part of a string, the characters of an array).
#pragma once

#include <string_view>

#include "cpython/values/printer.h"

namespace stillframe::cpython {

// What no text of this machine exceeds.
inline constexpr std::uint64_t kMostLength = std::uint64_t{1} << 47U;

// The bytes at `at` in quotes behind `prefix`, no more than the limits allow, then how many more there are. False, and
// nothing is written, when they cannot be read. `all_quotes`: as append_bytes_repr() has them.
bool put_bytes_at(Printer& out, Address at, std::uint64_t length, std::string_view prefix, bool all_quotes = false);
// Likewise, by the repr() of a bytes object.
bool put_bytes_at(Printer& out, Address at, std::uint64_t length);
// The characters of a str (2.7: unicode), likewise.
bool put_text_at(Printer& out, const TextPlace& place);
// Characters of one, two or four bytes, likewise.
bool put_characters_at(Printer& out, Address at, std::uint64_t length, std::uint32_t width);

}  // namespace stillframe::cpython
