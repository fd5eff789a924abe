// Checks of our own invariants, in releases too. What a target's memory holds is never checked so: that is an Error.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string_view>

namespace stillframe {

// Thrown where something that cannot be is so. It ends a look: whoever holds threads lets go of them on the way out.
class BrokenInvariant : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

// A number that a check tells, by its name.
struct CheckedFact {
  std::string_view name;
  std::int64_t value = 0;
};

// "src/waits/resources.cpp:70: index < size does not hold (index 12, size 3)"
[[noreturn]] void invariant_broken(std::string_view file, int line, std::string_view condition,
                                   std::initializer_list<CheckedFact> facts);

}  // namespace stillframe

// SF_CHECK(index < size, {"index", 12}, {"size", 3}); the numbers are read only where it does not hold.
#define SF_CHECK(condition, ...)                                                     \
  do {                                                                               \
    if (condition) [[likely]] {                                                      \
    } else {                                                                         \
      ::stillframe::invariant_broken(__FILE__, __LINE__, #condition, {__VA_ARGS__}); \
    }                                                                                \
  } while (false)
