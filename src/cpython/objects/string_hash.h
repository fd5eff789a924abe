// The hash of a str, as the target computes it (Python/pyhash.c): by it a dict is asked for a key without a look at all
// the others.
#pragma once

#include <cstdint>
#include <string_view>

namespace stillframe::cpython {

// _Py_HashSecret.siphash: random, unless PYTHONHASHSEED says otherwise.
struct HashSecret {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};

// Of the characters of a str as they stand in its memory. SipHash-1-3 from 3.11 on, before SipHash-2-4 (as built on
// 64-bit Linux unless --with-hash-algorithm asked for another one).
std::uint64_t string_hash(std::string_view characters, const HashSecret& secret, bool one_round);

}  // namespace stillframe::cpython
