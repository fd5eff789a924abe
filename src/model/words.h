// Numbers and states of the model in words, for whoever writes sentences.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "model/still.h"

namespace stillframe::model {

// 9990 as "9,990".
std::string grouped(std::uint64_t count);

// "1 thread", "1,204 threads".
std::string with_count(std::uint64_t count, std::string_view one);
std::string with_count(std::integral auto count, std::string_view one) {
  return with_count(static_cast<std::uint64_t>(count), one);
}

// "sleeping", "stopped by a signal"; empty where nothing is known. A process that has ended is one that nobody has
// waited for yet.
std::string_view state_word(OsState state);

// Whether a signal has interrupted the call that stands before this one: it is what the signal's handler returns to.
bool is_signal_return(const Frame& frame);

}  // namespace stillframe::model
