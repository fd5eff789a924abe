// Functions that call themselves, or one another in turn, very many times over.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/frame.h"

namespace stillframe::diagnose {

// What counts as a recursion: so many calls, and so many rounds of the functions that call one another in turn.
struct RecursionLimits {
  std::size_t calls = 0;
  std::size_t rounds = 0;
};

// A run of calls that repeats itself at the inner end of a stack.
struct Recursion {
  // One of them, outermost call first: the last but one, for the last has not yet come to where it goes on. Empty: no
  // recursion.
  std::vector<const model::Frame*> round;
  std::size_t calls = 0;  // of all rounds

  [[nodiscard]] std::size_t rounds() const { return round.empty() ? 0 : calls / round.size(); }
};

// How the innermost of these calls (outermost first) repeat. Some calls inside of the last round, the library that it
// has come to, are passed over.
Recursion find_recursion(std::span<const model::Frame* const> calls, RecursionLimits limits);

}  // namespace stillframe::diagnose
