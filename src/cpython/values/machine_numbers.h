// Numbers as a machine keeps them (of array, ctypes, numpy), written as Python writes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace stillframe::cpython {

struct NumberFormat {
  enum class Kind : std::uint8_t { boolean, signed_integer, unsigned_integer, real, complex };
  Kind kind = Kind::signed_integer;
  std::uint32_t size = 0;  // bytes; of a complex number both parts together
  bool swapped = false;    // the most significant byte first
  bool brief = false;    // numpy 2 writes large short floats with an exponent: from 1e3 (float16) and 1e6 (float32) on
  bool widened = false;  // a float becomes a Python float before it is written: 0.1f is 0.10000000149011612
};

// The number in the first `size` bytes of `raw`; nothing for formats that there are not.
std::optional<std::string> number_text(std::span<const std::byte> raw, const NumberFormat& format);

// As repr() of a Python float.
std::string float_text(double value);

}  // namespace stillframe::cpython
